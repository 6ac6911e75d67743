import { systemClock } from '@trending/runtime';
import { reportFailure } from '@trending/runtime/usage';
import { keysFileOfEnv } from '../config.ts';
import { runKeys } from './commands.ts';
import { keysCommand } from './options.ts';

try {
  const command = keysCommand(process.argv.slice(2), keysFileOfEnv());
  process.stdout.write(await runKeys(command, systemClock.now()));
} catch (error) {
  reportFailure('npm run keys', error);
}
