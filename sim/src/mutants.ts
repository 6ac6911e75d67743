import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { type Mutant, mutants } from './mutant-list.ts';

const { values } = parseArgs({
  options: { only: { type: 'string' }, seeds: { type: 'string', default: '300' } },
});
const run = promisify(execFile);
const script = fileURLToPath(new URL('./mutant-run.ts', import.meta.url));
const messageMax = 90;
const workers = 2;

/** @returns whether all is as it must be: caught, or listed as not caught, with a reason */
async function judge({ name, uncaught }: Mutant): Promise<boolean> {
  const { stdout } = await run(process.execPath, [script, name, values.seeds]);
  const caught = JSON.parse(stdout) as { seed: number; error: string } | null;
  const what = caught?.error.slice(0, messageMax).replaceAll('|', '/') ?? '';
  const verdict = uncaught === undefined ? 'NOT CAUGHT' : `not caught: ${uncaught}`;
  console.log(`| ${name} | ${caught?.seed ?? '–'} | ${caught === null ? verdict : what} |`);
  return caught !== null || uncaught !== undefined;
}

const waiting = mutants.filter(({ name }) => values.only === undefined || name === values.only);
let failed = waiting.length === 0 ? 1 : 0;
console.log('| mutant | caught by seed | as |\n|---|---|---|');
async function work(): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
    if (!(await judge(next))) failed += 1;
}
await Promise.all(Array.from({ length: workers }, work));
process.exit(failed === 0 ? 0 : 1);
