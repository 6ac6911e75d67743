import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UnansweredRequests } from '../src/unanswered-requests.ts';

function answerOf(size: number): Buffer {
  const frame = Buffer.alloc(4 + size, 255);
  frame.writeInt32BE(size);
  return frame;
}

test('as many requests stay open as whole answers are missing, however the answers are cut', () => {
  const sizes = fc.array(fc.oneof(fc.constant(0), fc.nat(5), fc.nat(2_000)), { maxLength: 12 });
  const cuts = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 });
  fc.assert(
    fc.property(sizes, cuts, (answers, lengths) => {
      const requests = new UnansweredRequests();
      for (const _ of answers) requests.asked('a request');
      const bytes = Buffer.concat(answers.map(answerOf));
      const ends = answers.map(
        (_, i) => Buffer.concat(answers.slice(0, i + 1).map(answerOf)).length,
      );
      let at = 0;
      for (let turn = 0; at < bytes.length; turn += 1) {
        const to = Math.min(bytes.length, at + (lengths[turn % lengths.length] ?? 1));
        requests.heard(bytes.subarray(at, to));
        at = to;
        expect(requests.isWaiting).toBe(ends.some((end) => end > at));
      }
      expect(requests.isWaiting).toBe(false);
    }),
  );
});
