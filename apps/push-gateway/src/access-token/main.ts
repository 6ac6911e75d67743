import { readFileSync } from 'node:fs';
import { listedIn, systemClock } from '@trending/runtime';
import { reportFailure } from '@trending/runtime/usage';
import { signAccessToken } from '../adapters/access-keeper.ts';
import { type Config, listOf, loadConfig } from '../config.ts';
import { accessTokenHelp, accessTokenOptions } from './options.ts';
import { signingSecretOf } from './secret.ts';

function run(): string {
  const options = accessTokenOptions(process.argv.slice(2));
  if (options === 'help') return accessTokenHelp;
  const secret = signingSecretOf(secretsOf(loadConfig()));
  const { boards, lifetimeMs, json } = options;
  const expiresAt = systemClock.now() + lifetimeMs;
  const token = signAccessToken({ boards, expiresAt }, secret);
  return json ? `${JSON.stringify({ token, boards, expiresAt })}\n` : `${token}\n`;
}

function secretsOf({ ACCESS_SECRETS: listed, ACCESS_SECRETS_FILE: path }: Config): string[] {
  return path === '' ? listOf(listed) : listedIn(readFileSync(path, 'utf8'));
}

try {
  process.stdout.write(run());
} catch (error) {
  reportFailure('npm run access-token', error);
}
