import { expect, test } from 'vitest';
import { accessTokenHelp, accessTokenOptions } from '../../src/access-token/options.ts';

test('an access token is for boards and a time', () => {
  expect(accessTokenOptions(['--boards', 'category:a, formula:b', '--minutes', '5'])).toEqual({
    boards: ['category:a', 'formula:b'],
    lifetimeMs: 300_000,
    json: false,
  });
});

test('the access-token command has help', () => {
  expect(accessTokenOptions(['--help'])).toBe('help');
  for (const option of ['ACCESS_SECRETS', '--boards', '--minutes', '--json', '--help'])
    expect(accessTokenHelp).toContain(option);
});

test.each([
  [[], 'give the --boards'],
  [['--boards', ','], 'give the --boards'],
  [['--boards', 'a', '--minutes', 'soon'], '--minutes soon'],
  [['--boards', 'a', '--minutes', '0'], '--minutes 0'],
  [['--board', 'a'], '--board'],
])('access-token refuses %j', (args, reason) => {
  expect(() => accessTokenOptions(args)).toThrow(reason);
});
