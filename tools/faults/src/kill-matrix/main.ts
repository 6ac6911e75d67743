import { killMatrix } from './kill-matrix.ts';
import { killMatrixHelp, killMatrixOptions, UsageError } from './options.ts';

try {
  const options = killMatrixOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(killMatrixHelp);
  } else {
    const said = (text: string) => void process.stderr.write(`${text}\n`);
    const { passed, report } = await killMatrix(options, said);
    process.stdout.write(`${report}\n\n${passed ? 'PASS' : 'FAIL'}\n`);
    process.exitCode = passed ? 0 : 1;
  }
} catch (error) {
  const isUsage = error instanceof UsageError;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = isUsage ? 2 : 1;
}
// Requests cut off by a fault may hold sockets open for a while.
process.exit();
