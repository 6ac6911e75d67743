import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import type { Catch, Mutant } from './mutant.ts';
import { mutants } from './mutant-list.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seeds: { type: 'string', default: '300' },
    workers: { type: 'string', default: '2' },
  },
});
const run = promisify(execFile);
const script = fileURLToPath(new URL('./mutant-run.ts', import.meta.url));
const messageMax = 90;

/** @returns whether somebody caught it */
async function judge({ name }: Mutant): Promise<boolean> {
  const { stdout } = await run(process.execPath, [script, name, values.seeds]);
  const caught = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Catch | null;
  const what = caught?.error.slice(0, messageMax).replaceAll('|', '/') ?? 'NOT CAUGHT';
  console.log(`| ${name} | ${caught?.by ?? '–'} | ${what} |`);
  return caught !== null;
}

const waiting = mutants.filter(({ name }) => values.only === undefined || name === values.only);
let failed = waiting.length === 0 ? 1 : 0;
console.log('| mutant | caught by | as |\n|---|---|---|');
async function work(): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
    if (!(await judge(next))) failed += 1;
}
await Promise.all(Array.from({ length: Number(values.workers) }, work));
process.exit(failed === 0 ? 0 : 1);
