import type { ViewDelta } from '@trending/schemas';
import { describe, expect, test } from 'vitest';
import {
  ChainBrokenError,
  CheckpointFold,
  type NextChain,
} from '../../src/domain/checkpoint-fold.ts';

/** Deltas tell their chain in clear text. */
const nextChain: NextChain = (chain, { start, end }) =>
  Buffer.concat([chain, Buffer.from(`${start}-${end};`)]);

type Fields = Partial<Omit<ViewDelta, 'chain'>> & Pick<ViewDelta, 'kind'> & { chain?: string };

const record = ({ chain = '', ...fields }: Fields): ViewDelta => ({
  ...{ ownerId: 'a', build: '', start: -1, end: -1, part: 0, parts: 0, streamTime: 0, logTime: 0 },
  ...{ rules: '', baseAt: -1, recentAt: -1, payload: new Uint8Array(0) },
  ...fields,
  chain: Buffer.from(chain),
});

const fence = (ownerId: string) => record({ kind: 'fence', ownerId });
const delta = (start: number, end: number, chain: string) =>
  record({ kind: 'delta', start, end, chain });
const base = (end: number, chain: string, ownerId = 'a') =>
  record({ kind: 'base', ownerId, end, chain, parts: 1 });

/** What became of each record. */
function folded(records: readonly ViewDelta[]): string[] {
  const fold = new CheckpointFold(nextChain);
  return records.map((one, offset) => fold.take(offset, one));
}

const begun = [fence('a'), base(0, ''), delta(0, 0, ''), delta(0, 10, '0-0;')];

describe('a base that is met in the fold', () => {
  test('stands where the deltas before it end, after the same deltas', () => {
    expect(folded([...begun, base(10, '0-0;0-10;')]).at(-1)).toBe('skip');
  });

  test('is a defect when it was written after other deltas', () => {
    expect(() => folded([...begun, base(10, '0-0;0-11;')])).toThrow(ChainBrokenError);
    expect(() => folded([...begun, base(10, '0-0;0-11;')])).toThrow('record 4: the base at 10');
  });

  test('of another owner, or of another offset, says nothing about the state', () => {
    expect(folded([...begun, base(10, 'other', 'b'), base(9, 'other')]).slice(-2)).toEqual([
      'skip',
      'skip',
    ]);
  });

  test('may land once more behind the delta without rows that tells of it', () => {
    const copy = base(10, '0-0;0-10;');
    expect(folded([...begun, copy, delta(10, 10, '0-0;0-10;'), copy]).slice(-2)).toEqual([
      'apply',
      'skip',
    ]);
    const late = [...begun, copy, delta(10, 10, '0-0;0-10;'), base(10, '0-0;')];
    expect(() => folded(late)).toThrow(ChainBrokenError);
  });

  test('that the fold began with may land once more too', () => {
    expect(folded([fence('a'), base(0, ''), base(0, ''), delta(0, 0, ''), base(0, '')])).toEqual([
      ...['skip', 'adopt', 'skip', 'apply', 'skip'],
    ]);
  });
});

test('a delta that goes on after other deltas is a defect, a copy of one without rows is none', () => {
  expect(() => folded([...begun, delta(10, 20, '0-0;0-11;')])).toThrow('record 4: the delta at 10');
  expect(folded([...begun.slice(0, 3), delta(0, 0, '')]).at(-1)).toBe('skip');
});
