import { describe, expect, test } from 'vitest';
import { lastOfEachStep } from '../../src/domain/board-sampling.ts';
import { boardLines, metadataRow, viewRow } from '../../src/domain/sink-rows.ts';
import { boardOf, viewOf } from '../support/sink-world.ts';

const origin = { topic: 'token.views.v1', partition: 3, offset: 42 };

describe('the row of a view', () => {
  test('carries its place, its ids as text and its times as milliseconds', () => {
    const row = viewRow(
      viewOf({
        eventId: Uint8Array.from({ length: 16 }, (_, i) => i * 17),
        viewer: new Uint8Array([255, 255, 255, 255, 255, 255, 255, 255]),
        network: new Uint8Array([0, 0, 0, 0, 0, 0, 1, 0]),
      }),
      origin,
    );
    expect(row).toMatchObject({
      _topic: 'token.views.v1',
      _partition: 3,
      _offset: 42,
      event_id: '00112233-4455-6677-8899-aabbccddeeff',
      viewer: '18446744073709551615',
      network: '256',
      viewed_at: 1_700_000_000_000,
    });
  });

  test('what was not given is empty, never null', () => {
    const row = viewRow(viewOf(), origin);
    expect(row).toMatchObject({ partner_id: '', country: '', device: '', dwell_ms: 0 });
    expect(Object.values(row)).not.toContain(null);
  });

  test('numbers a publisher should not send do not break the block', () => {
    const row = viewRow(viewOf({ dwellMs: -5, weightMicro: -1, flags: -1 }), origin);
    expect(row).toMatchObject({ dwell_ms: 0, weight_micro: 0, flags: 4_294_967_295 });
    const huge = viewRow(viewOf({ viewedAt: 1.5e88, dwellMs: 1e20, weightMicro: 2 ** 40 }), origin);
    expect(huge).toMatchObject({
      viewed_at: 4_294_967_295_000,
      dwell_ms: 4_294_967_295,
      weight_micro: 4_294_967_295,
    });
    expect(viewRow(viewOf({ receivedAt: -1e90 }), origin)).toMatchObject({ received_at: 0 });
  });
});

describe('the rows of a board', () => {
  const boardRows = (...args: Parameters<typeof boardLines>) =>
    boardLines(...args).map((line): Record<string, unknown> => JSON.parse(line));

  test('one per rank, with the cut it was computed from', () => {
    const rows = boardRows(boardOf(), origin, { ranksMax: 50 });
    expect(rows).toHaveLength(2);
    expect(rows[1]).toMatchObject({
      rank: 2,
      token: 'sol:Bb',
      formula: 'classic',
      cut: [{ partition: 1, input_offset: 33 }],
    });
  });

  test('stop at the last rank kept', () => {
    expect(boardRows(boardOf(), origin, { ranksMax: 1 })).toHaveLength(1);
  });

  test('an empty board is one row of rank 0', () => {
    const rows = boardRows(boardOf({ items: [] }), origin, { ranksMax: 50 });
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ rank: 0, token: '' });
  });
});

test('a deletion of metadata keeps the key and its chain', () => {
  expect(metadataRow(null, 'eth:0xaa', origin)).toEqual({
    token: 'eth:0xaa',
    chain: 'eth',
    _offset: 42,
    is_deleted: 1,
  });
});

describe('board sampling', () => {
  const versions = [
    { key: 'a', asOf: 0 },
    { key: 'a', asOf: 9 },
    { key: 'b', asOf: 9 },
    { key: 'a', asOf: 10 },
    { key: 'a', asOf: 19 },
    { key: 'a', asOf: 40 },
  ];

  test('keeps the last version of each step, for every board by itself', () => {
    const kept = [...lastOfEachStep(versions, 10)];
    expect(kept).toEqual([versions[1], versions[2], versions[4], versions[5]]);
  });

  test('always keeps the version that a board was left with', () => {
    for (let end = 1; end <= versions.length; end += 1) {
      const range = versions.slice(0, end);
      expect(lastOfEachStep(range, 10).has(range.at(-1) as (typeof versions)[number])).toBe(true);
    }
  });
});
