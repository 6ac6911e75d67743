import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BoardFrame, type BoardView, foldFrame } from '../../src/subscribe/board-model.ts';
import { delta, heartbeat, item, snapshot } from './support/frames.ts';

const abc = [item('a', 1), item('b', 2), item('c', 3)];

function heldAt(seq: number, epoch = 1): BoardView {
  const outcome = foldFrame(undefined, snapshot(seq, abc, epoch), true);
  if (outcome.kind !== 'changed') throw new Error('the snapshot was not taken');
  return outcome.view;
}

describe('foldFrame', () => {
  test('a delta on its own version moves the board on', () => {
    const after = [item('b', 1), item('a', 2), item('d', 3)];
    const outcome = foldFrame(heldAt(4), delta(5, abc, after), false);
    expect(outcome).toMatchObject({ kind: 'changed', view: { seq: 5, madeBy: 'delta' } });
    expect(outcome.kind === 'changed' && outcome.view.items.map(({ token }) => token)).toEqual([
      'b',
      'a',
      'd',
    ]);
  });

  test('a delta from a version that is not ours is a gap', () => {
    expect(foldFrame(heldAt(4), delta(6, abc, abc), false)).toEqual({
      kind: 'resync',
      reason: 'gap',
    });
  });

  test('a delta of another epoch is a gap, although it goes on from our seq', () => {
    expect(foldFrame(heldAt(4), { ...delta(5, abc, abc), epoch: 2 }, false)).toEqual({
      kind: 'resync',
      reason: 'gap',
    });
  });

  test('a delta before any snapshot is a gap', () => {
    expect(foldFrame(undefined, delta(6, abc, abc), false)).toEqual({
      kind: 'resync',
      reason: 'gap',
    });
  });

  test('a delta we already have is passed over', () => {
    expect(foldFrame(heldAt(5), delta(5, abc, abc), false)).toEqual({ kind: 'unchanged' });
  });

  test('a wrong sum is found in deltas and in snapshots', () => {
    const wrong = { checksum: 1 };
    const resync = { kind: 'resync', reason: 'checksum' };
    expect(foldFrame(heldAt(4), { ...delta(5, abc, abc), ...wrong }, false)).toEqual(resync);
    expect(foldFrame(undefined, { ...snapshot(5, abc), ...wrong }, true)).toEqual(resync);
  });

  test('an unasked snapshot never takes the board back', () => {
    expect(foldFrame(heldAt(9), snapshot(8, abc), false).kind).toBe('unchanged');
    expect(foldFrame(heldAt(9), snapshot(1, abc, 2), false).kind).toBe('changed');
  });

  test('a board that nobody ranks any more is empty, also to who was too slow to be told first', () => {
    expect(foldFrame(heldAt(9), snapshot(0, [], 0), false)).toMatchObject({
      kind: 'changed',
      view: { epoch: 0, seq: 0, items: [] },
    });
  });

  test('a snapshot that we asked for replaces even a newer board: the log may be a new one', () => {
    expect(foldFrame(heldAt(9), snapshot(1, [], 0), true)).toMatchObject({
      kind: 'changed',
      view: { epoch: 0, seq: 1 },
    });
  });

  test('a heartbeat ahead of us tells that something was missed', () => {
    expect(foldFrame(heldAt(4), heartbeat(5), false)).toEqual({ kind: 'resync', reason: 'gap' });
    expect(foldFrame(heldAt(4), heartbeat(4), false)).toEqual({ kind: 'unchanged' });
  });

  test('whatever is lost, what is shown was a true version, and asking mends it', () => {
    const tokens = fc.shuffledSubarray(['a', 'b', 'c', 'd', 'e', 'f'], { minLength: 1 });
    const lossyRun = fc.array(fc.record({ tokens, isLost: fc.boolean() }), { maxLength: 30 });
    fc.assert(
      fc.property(lossyRun, (steps) => {
        let truth = abc;
        let held: BoardView | undefined = heldAt(1);
        const versions = new Map([[1, truth]]);
        const take = (frame: BoardFrame, solicited: boolean) => {
          const outcome = foldFrame(held, frame, solicited);
          if (outcome.kind === 'changed') held = outcome.view;
          return outcome.kind;
        };
        steps.forEach(({ tokens, isLost }, i) => {
          const next = tokens.map((token, place) => item(token, place + 1));
          const frame = delta(i + 2, truth, next);
          truth = next;
          versions.set(i + 2, next);
          if (isLost) return;
          if (take(frame, false) === 'resync') take(snapshot(i + 2, truth), true);
          expect(held?.items).toEqual(truth);
        });
        expect(held?.items).toEqual(versions.get(held?.seq ?? 0));
        if (take(heartbeat(steps.length + 1), false) === 'resync')
          take(snapshot(steps.length + 1, truth), true);
        expect(held?.items).toEqual(truth);
      }),
    );
  });
});
