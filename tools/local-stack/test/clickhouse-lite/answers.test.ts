import { describe, expect, test } from 'vitest';
import { exceptionOf, httpStatusOf } from '../../src/clickhouse-lite/exceptions.ts';
import { contentTypeOf, isBlockwise } from '../../src/clickhouse-lite/formats.ts';

test.each([
  [62, 400],
  [60, 404],
  [516, 403],
  [194, 401],
  [159, 408],
  [164, 500],
  [395, 500],
])('exception %i answers with status %i', (code, status) => {
  expect(httpStatusOf(code)).toBe(status);
});

test('an error that is not the engine’s gets a code of its own', () => {
  expect(exceptionOf(new Error('boo'))).toEqual({
    code: 1002,
    text: 'Code: 1002. DB::Exception: boo (UNKNOWN_EXCEPTION)',
  });
  expect(exceptionOf(new Error('Code: 60. DB::Exception: x (UNKNOWN_TABLE)')).code).toBe(60);
});

describe('formats', () => {
  test.each([
    ['JSON', 'application/json; charset=UTF-8'],
    ['JSONCompact', 'application/json; charset=UTF-8'],
    ['JSONEachRow', 'application/x-ndjson; charset=UTF-8'],
    ['CSVWithNames', 'text/csv; charset=UTF-8; header=present'],
    ['TabSeparated', 'text/tab-separated-values; charset=UTF-8; header=absent'],
    ['Native', 'application/octet-stream'],
    ['PrettyCompact', 'text/plain; charset=UTF-8'],
  ])('%s is sent as %s', (format, type) => {
    expect(contentTypeOf(format)).toBe(type);
  });

  test('what has a header or a footer is never sent in blocks', () => {
    expect(
      ['JSON', 'CSVWithNames', 'Parquet', 'Pretty', 'JSONCompactEachRowWithNames'].filter(
        isBlockwise,
      ),
    ).toEqual([]);
  });
});
