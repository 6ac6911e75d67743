import { systemClock } from '@trending/runtime';
import { keysFileOfEnv } from '../config.ts';
import { runKeys } from './commands.ts';
import { keysCommand } from './options.ts';
import { UsageError } from './usage-error.ts';

try {
  const command = keysCommand(process.argv.slice(2), keysFileOfEnv());
  process.stdout.write(await runKeys(command, systemClock.now()));
} catch (error) {
  const isUsage = error instanceof UsageError;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(isUsage ? `${message}\nSee: npm run keys -- --help\n` : `${message}\n`);
  process.exitCode = isUsage ? 2 : 1;
}
