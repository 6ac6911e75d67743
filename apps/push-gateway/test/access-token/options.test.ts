import { expect, test } from 'vitest';
import { accessTokenHelp, accessTokenOptions } from '../../src/access-token/options.ts';
import { signingSecretOf } from '../../src/access-token/secret.ts';

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

test.each([
  ['no secret', [], 'set ACCESS_SECRETS'],
  ['one that the gateway would not take', ['a'.repeat(31)], '32 characters'],
  ['a later one that the gateway would not take', ['a'.repeat(32), 'short'], '32 characters'],
])('access-token signs with no secret when there is %s', (_what, secrets, reason) => {
  expect(() => signingSecretOf(secrets)).toThrow(reason);
});

test('access-token signs with the first secret', () => {
  expect(signingSecretOf(['a'.repeat(32), 'b'.repeat(40)])).toBe('a'.repeat(32));
});
