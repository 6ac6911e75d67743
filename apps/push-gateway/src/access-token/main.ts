import { parseArgs } from 'node:util';
import { signAccessToken } from '../adapters/access-keeper.ts';
import { listOf, loadConfig } from '../config.ts';

/** Prints a signed token for private boards, made with the first of ACCESS_SECRETS. */
const { values } = parseArgs({
  options: {
    boards: { type: 'string', default: '' },
    minutes: { type: 'string', default: '60' },
  },
});
const boards = listOf(values.boards);
const [secret] = listOf(loadConfig().ACCESS_SECRETS);
const lifetimeMs = Number(values.minutes) * 60_000;
if (secret === undefined || boards.length === 0 || !(lifetimeMs > 0)) {
  process.stderr.write(
    'Set ACCESS_SECRETS as the gateway has it, then: access-token --boards category:secret,formula:beta --minutes 60\n',
  );
  process.exit(2);
}
process.stdout.write(
  `${signAccessToken({ boards, expiresAt: Date.now() + lifetimeMs }, secret)}\n`,
);
