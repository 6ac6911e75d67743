import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { reportFailure } from '@trending/runtime/usage';
import type { Catch, Mutant } from './mutant.ts';
import { mutants } from './mutant-list.ts';
import { sampleOf } from './mutant-sample.ts';
import { type MutantsOptions, mutantsHelp, mutantsOptions } from './options.ts';
import { sourceHash } from './source-hash.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('./mutant-run.ts', import.meta.url));
const messageMax = 90;

try {
  const names = mutants.map(({ name }) => name);
  const options = mutantsOptions(process.argv.slice(2), names);
  if (options === 'help') process.stdout.write(mutantsHelp);
  else process.exitCode = await judgeAll(options);
} catch (error) {
  reportFailure('npm run sim:mutants', error);
}
process.exit();

/** @returns the exit code: 1 when one was not caught */
async function judgeAll(options: MutantsOptions): Promise<number> {
  const { only, sample, seeds, workers, json } = options;
  const wanted = mutants.filter(({ name }) => only === undefined || name === only);
  const waiting = sample === undefined ? wanted : sampleOf(wanted, sample, sourceHash());
  const verdicts: object[] = [];
  let failed = 0;
  if (!json) console.log('| mutant | caught by | as |\n|---|---|---|');
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const caught = await judge(next, seeds);
      if (caught === null) failed += 1;
      verdicts.push({ mutant: next.name, caught });
      if (!json) console.log(rowOf(next, caught));
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  if (json) console.log(JSON.stringify(verdicts));
  return failed === 0 ? 0 : 1;
}

/** Who caught it, if anybody. */
async function judge({ name }: Mutant, seeds: number): Promise<Catch | null> {
  const { stdout } = await run(process.execPath, [script, name, String(seeds)]);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Catch | null;
}

function rowOf({ name }: Mutant, caught: Catch | null): string {
  const what = caught?.error.slice(0, messageMax).replaceAll('|', '/') ?? 'NOT CAUGHT';
  return `| ${name} | ${caught?.by ?? '–'} | ${what} |`;
}
