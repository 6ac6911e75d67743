import { UsageError } from '@trending/runtime/usage';
import { describe, expect, test } from 'vitest';
import { replayOptions } from '../../src/replay/replay-options.ts';

describe('the options of a replay', () => {
  test('have defaults: the whole live topic, all boards, every five minutes, into a file', () => {
    expect(replayOptions([])).toEqual({
      from: undefined,
      to: undefined,
      everyMs: 300_000,
      topic: 'token.views.v1',
      windows: ['5m', '1h', '6h', '24h'],
      formulas: undefined,
      formulaFiles: [],
      scopes: undefined,
      into: 'file',
      out: 'replay-boards.ndjson',
      prefix: undefined,
      json: false,
      verify: false,
    });
  });

  test('take times as ISO 8601 or milliseconds, lengths with a unit, topics by their short name', () => {
    expect(
      replayOptions(
        '--from 2026-01-31T12:00:00Z --to 1769904000000 --every 10s --topic backfill --window 1h,5m --scope all,chain:eth'.split(
          ' ',
        ),
      ),
    ).toMatchObject({
      from: Date.UTC(2026, 0, 31, 12),
      to: 1_769_904_000_000,
      everyMs: 10_000,
      topic: 'token.views.backfill.v1',
      windows: ['5m', '1h'],
      scopes: ['all', 'chain:eth'],
    });
  });

  test('take formulas by id and from files', () => {
    const given = (text: string) => replayOptions(['--formula', text]);
    expect(given('views,./b.json')).toMatchObject({
      formulas: ['views'],
      formulaFiles: ['./b.json'],
    });
    expect(given('trending-b.json')).toMatchObject({
      formulas: [],
      formulaFiles: ['trending-b.json'],
    });
    expect(given('interleave:views+classic')).toMatchObject({ formulaFiles: [] });
  });

  test('show the help when asked', () => {
    expect(replayOptions(['--help'])).toBe('help');
  });

  test.each([
    ['--from yesterday', '--from yesterday: give a time'],
    ['--every 5', '--every 5: give a length of time'],
    ['--every 0m', '--every 0m: give a length of time'],
    ['--window 2h', '--window 2h: known are 5m, 1h, 6h, 24h'],
    ['--into redis', '--into redis: give file, clickhouse or rankings'],
    ['--topic rankings', '--topic rankings: its records are no views'],
    ['--from 2000 --to 1000', '--to 1000 is before --from 2000'],
    ['--verify --from 1000', '--verify takes no --from'],
    ['--verify --formula ./b.json', 'no formula file'],
    ['--verify --into clickhouse', '--verify takes no --topic and no --into'],
    ['--speed 3', "Unknown option '--speed'"],
  ])('refuse %s', (line, reason) => {
    expect(() => replayOptions(line.split(' '))).toThrow(UsageError);
    expect(() => replayOptions(line.split(' '))).toThrow(reason);
  });
});
