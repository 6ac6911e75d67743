import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FrameSplitter } from '../../src/network/frame-splitter.ts';

test('frames come out whole and in order, however the stream was cut', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 10 });
  fc.assert(
    fc.property(bodies, fc.integer({ min: 1, max: 50 }), (contents, step) => {
      const frames = contents.map((body) => {
        const size = Buffer.alloc(4);
        size.writeInt32BE(body.length);
        return Buffer.concat([size, body]);
      });
      const stream = Buffer.concat(frames);
      const splitter = new FrameSplitter();
      const found: Buffer[] = [];
      for (let at = 0; at < stream.length; at += step)
        found.push(...splitter.push(stream.subarray(at, at + step)));
      expect(found.map((frame) => frame.toString('hex'))).toEqual(
        frames.map((frame) => frame.toString('hex')),
      );
    }),
  );
});
