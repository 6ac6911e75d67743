import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scanStatement } from '../../src/clickhouse-lite/sql-scan.ts';

const dataOf = (text: string) => text.slice(scanStatement(text).dataAt);

describe('the outline of a statement', () => {
  test.each([
    ['select 1', 'SELECT'],
    ['  -- note\n/* more */ With x as (select 1) select * from x', 'WITH'],
    ['(select 1) union all (select 2)', '('],
    ['', ''],
    ['-- nothing', ''],
  ])('%j begins with %j', (text, verb) => {
    expect(scanStatement(text).verb).toBe(verb);
  });

  test('the format is the one of the statement, not of a subquery or a string', () => {
    expect(scanStatement('select 1 FORMAT JSON').format).toBe('JSON');
    expect(scanStatement("select 'x FORMAT CSV'").format).toBeUndefined();
    expect(scanStatement('select (select format from t) FORMAT TSV').format).toBe('TSV');
    expect(scanStatement('select 1 format CSV settings max_threads = 1').format).toBe('CSV');
  });

  test('inline data begins behind the format and is not read', () => {
    expect(dataOf('INSERT INTO t (a, b) FORMAT CSV\n1,";')).toBe('\n1,";');
    expect(dataOf("insert into t values (1, 'a;b'); x")).toBe(" (1, 'a;b'); x");
    expect(dataOf("insert into t settings insert_deduplication_token='x' format TSV 1")).toBe(' 1');
  });

  test('INSERT … SELECT has no data', () => {
    expect(scanStatement('insert into t select * from u').dataAt).toBeUndefined();
    expect(scanStatement("insert into t select * from values('a Int8', 1)").dataAt).toBeUndefined();
  });

  test.each([
    ['select 1; select 2', true],
    ['select 1;', false],
    ['select 1; -- done', false],
    ["select ';' ; /* ; */", false],
    ['select `a;b`, "c;d"', false],
    ['select 1;;; select 2', true],
  ])('%j holds several statements: %s', (text, isMulti) => {
    expect(scanStatement(text).isMulti).toBe(isMulti);
  });

  test('the end leaves out a closing semicolon', () => {
    const text = 'select 1 ; -- x';
    expect(text.slice(0, scanStatement(text).end)).toBe('select 1 ');
  });

  test('calls and file clauses are seen', () => {
    expect([...scanStatement('select sum (a) from file("x")').calls]).toEqual(['sum', 'file']);
    expect(scanStatement("select 1 into outfile 'x'").usesFiles).toBe(true);
    expect(scanStatement("insert into t from infile 'x' format CSV").usesFiles).toBe(true);
    expect(scanStatement("select 'into outfile'").usesFiles).toBe(false);
  });

  test('any text ends in some outline', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const { end } = scanStatement(text);
        expect(end).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});
