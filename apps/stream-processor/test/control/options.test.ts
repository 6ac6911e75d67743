import { describe, expect, test } from 'vitest';
import { controlCommand } from '../../src/control/options.ts';

const now = Date.parse('2026-01-31T12:00:00Z');
const command = (...args: string[]) => controlCommand(args, { now, user: 'ann' });
const minute = 60_000;

describe('the control command', () => {
  test('takes a formula file with its event time', () => {
    expect(command('formula', 'f.json', '--effective-from', '2026-01-31T12:30:00Z')).toEqual({
      ...{ name: 'formula', file: 'f.json', from: now + 30 * minute, json: false },
      ...{ author: 'ann', reason: '', waitMs: 60_000 },
    });
  });

  test.each([
    ['now', now],
    ['+90s', now + 90_000],
    ['+2h', now + 120 * minute],
    [String(now + 5), now + 5],
    ['2026-01-31T11:00:00Z', now - 60 * minute],
  ])('reads the time %s', (text, from) => {
    expect(command('formula', 'f.json', '--effective-from', text)).toMatchObject({ from });
  });

  test('takes a suppression with its end, its token in canonical form', () => {
    const token = `eth:0x${'AB'.repeat(20)}`;
    expect(
      command('suppress', token, '--reason', 'wash', '--until', '+1h', '--author', 'bob'),
    ).toMatchObject({
      ...{ name: 'suppress', token: token.toLowerCase(), until: now + 60 * minute, from: now },
      ...{ author: 'bob', reason: 'wash' },
    });
    expect(command('release', 'sol:AbC', '--reason', 'fine')).toMatchObject({ token: 'sol:AbC' });
  });

  test.each([
    [['dance'], /give list, history/],
    [['formula'], /give formula FILE/],
    [['suppress', 'eth:a'], /needs --reason/],
    [['suppress', 'a b', '--reason', 'x'], /as chain:address/],
    [['release', 'eth:a'], /needs --reason/],
    [['suppress', 'eth:a', 'eth:b', '--reason', 'x'], /takes one argument/],
    [['suppress', 'eth:a', '--reason', 'x', '--until', 'now'], /is not after/],
    [['formula', 'f', '--effective-from', 'soon'], /give ISO 8601/],
    [['formula', 'f', '--effective-from', '+31d'], /30 days ahead/],
    [['formula', 'f', '--effective-from', '2026-01-30T11:59:59Z'], /at most a day back/],
    [['formula', 'f', '--reason', 'x'.repeat(501)], /at most 500/],
    [['formula', 'f', '--wait=-1'], /whole number/],
    [['history', '--limit', 'x'], /whole number/],
    [['list', '--bogus'], /bogus/],
  ])('refuses %j', (args, problem) => {
    expect(() => command(...args)).toThrow(problem);
  });

  test('shows its help when asked, and when nothing is', () => {
    for (const args of [[], ['help'], ['list', '--help']])
      expect(command(...args)).toEqual({ name: 'help' });
  });
});
