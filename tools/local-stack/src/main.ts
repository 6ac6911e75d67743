import { parseFlags } from '../preflight/index.mjs';
import { runStack } from './run-stack.ts';

const { flags, error } = parseFlags(process.argv.slice(2));
if (flags === undefined) {
  process.stderr.write(`${error}\n`);
  process.exit(2);
}
process.exit(await runStack(flags, process.env));
