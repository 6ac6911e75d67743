import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { queryRequestOf } from '../../src/clickhouse-lite/query-request.ts';
import type { User } from '../../src/clickhouse-lite/users.ts';

const users: readonly User[] = [
  { name: 'default', password: '', readonly: 0 },
  { name: 'analyst', password: 'secret', readonly: 2 },
];

interface Call {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

function parse(url: string, { method = 'POST', headers = {}, body = '' }: Call = {}) {
  const request = { method, headers } as unknown as IncomingMessage;
  return queryRequestOf(request, new URLSearchParams(url), { users, body: Buffer.from(body) });
}

describe('a query request', () => {
  test('the query may come in the URL, in the body, or in both', () => {
    expect(parse('query=select 1').sql).toBe('select 1');
    expect(parse('', { body: 'select 1' }).sql).toBe('select 1');
    expect(parse('query=select%20', { body: '1' }).sql).toBe('select 1');
  });

  test('data of an insert is the body, or what stands behind the format', () => {
    const split = parse('query=INSERT INTO t FORMAT CSV', { body: '1\n2\n' });
    expect([split.sql, split.data?.toString()]).toEqual(['INSERT INTO t FORMAT CSV', '1\n2\n']);
    const joined = parse('', { body: 'INSERT INTO t FORMAT CSV\n1\n2\n' });
    expect([joined.sql, joined.data?.toString()]).toEqual(['INSERT INTO t FORMAT CSV', '1\n2\n']);
  });

  test('binary data stays as it is', () => {
    const data = Buffer.from([0, 255, 10, 59, 39]);
    const body = Buffer.concat([Buffer.from('INSERT INTO tä FORMAT RowBinary\n'), data]);
    const found = parse('', { body });
    expect(found.sql).toBe('INSERT INTO tä FORMAT RowBinary');
    expect(found.data).toEqual(data);
  });

  test('an insert without a format takes Values', () => {
    expect(parse('query=INSERT INTO t', { body: '(1)' }).sql).toBe('INSERT INTO t VALUES');
  });

  test('parameters and settings are told apart from the interface', () => {
    const found = parse('query=select 1&database=d&param_a=1&max_threads=2&default_format=JSON');
    expect([...found.parameters]).toEqual([['a', '1']]);
    expect([...found.settings]).toEqual([['max_threads', '2']]);
    expect([found.database, found.defaultFormat]).toEqual(['d', 'JSON']);
  });

  test('GET may not write, POST may', () => {
    expect(parse('query=select 1', { method: 'GET' }).readonly).toBe(2);
    expect(parse('query=select 1').readonly).toBe(0);
    expect(parse('query=select 1&readonly=1').readonly).toBe(1);
  });

  test.each([
    ['key headers', '', { 'x-clickhouse-user': 'analyst', 'x-clickhouse-key': 'secret' }],
    ['Basic', '', { authorization: `Basic ${btoa('analyst:secret')}` }],
    ['the URL', 'user=analyst&password=secret&', {}],
  ])('the analyst comes in by %s and stays read only', (_, url, headers) => {
    const found = parse(`${url}query=select 1`, { headers: headers as Record<string, string> });
    expect([found.user.name, found.readonly]).toEqual(['analyst', 2]);
    expect(() =>
      parse(`${url}query=select 1&readonly=0`, { headers: headers as Record<string, string> }),
    ).toThrow(/Code: 164.*Cannot modify 'readonly'/);
  });

  test.each([
    ['a wrong password', 'user=analyst&password=x&query=select 1', /Code: 516/],
    ['an unknown user', 'user=nobody&query=select 1', /Code: 516/],
    ['two statements', 'query=select 1; select 2', /Multi-statements are not allowed/],
    ['nothing', '', /Empty query/],
    ['a session', 'query=select 1&session_id=x', /Code: 48.*session_id/],
    ['a setting that is none', 'query=select 1&a-b=1', /Code: 115/],
  ])('%s is refused', (_, url, message) => {
    expect(() => parse(url)).toThrow(message);
  });
});
