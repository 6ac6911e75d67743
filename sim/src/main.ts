import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { reportFailure } from '@trending/runtime/usage';
import { Ledger } from './ledger.ts';
import { type SimOptions, simHelp, simOptions } from './options.ts';
import { runPool } from './pool.ts';
import { missingChunks, type SeedRange } from './seed-ranges.ts';
import { sourceHash } from './source-hash.ts';
import { addTally, emptyTally, type Tally, tallyOf } from './tally.ts';

const chunkSeedsMax = 500;
/** Many, so that no worker goes on for long when the others have nothing left to do. */
const chunksPerWorker = 32;
const progressMs = 30_000;
const began = process.hrtime.bigint();
const { stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' });
const commit = stdout.trim();

/** Where everything but the result goes. */
let say: (line: string) => void = console.log;

try {
  const options = simOptions(process.argv.slice(2), availableParallelism());
  if (options === 'help') process.stdout.write(simHelp);
  else {
    if (options.json) say = console.error;
    const { seed } = options;
    process.exitCode = await (seed === undefined ? runAll(options) : runOne(seed, options));
  }
} catch (error) {
  reportFailure('npm run sim', error);
}
process.exit();

async function runOne(seed: number, options: SimOptions): Promise<number> {
  // All that is simulated takes a second to load, which the workers' parent need not wait for.
  const { runSeed } = await import('./run.ts');
  const trace = options.trace ? say : undefined;
  const tally = tallyOf(await runSeed(seed, trace));
  showFailed(tally);
  report(tally);
  return tally.failed.length > 0 ? 1 : 0;
}

async function runAll(options: SimOptions): Promise<number> {
  const { workers } = options;
  const range: SeedRange = { from: options.from, count: options.seeds };
  const ledger = options.ledger === undefined ? undefined : new Ledger(options.ledger);
  const source = sourceHash();
  const before = ledger?.entries(source, range) ?? [];
  const sum = emptyTally();
  for (const { tally } of before) addTally(sum, tally);
  const size = Math.min(chunkSeedsMax, Math.ceil(range.count / (chunksPerWorker * workers)));
  const chunks = missingChunks(range, before, size);
  if (before.length > 0) say(`${sum.seeds} seeds of source ${source} are in the ledger`);
  const progress = progressOf(sum, range.count);
  const finished = (chunk: SeedRange, tally: Tally) => {
    ledger?.add({ ...chunk, tally, commit, source });
    addTally(sum, tally);
    showFailed(tally);
    progress();
  };
  const lost = await runPool({ workers, chunks, finished });
  for (const { from, count } of lost)
    say(`seeds ${from} to ${from + count - 1} came to no end: their process died`);
  report(sum);
  for (const { seed } of sum.failed) say(`failed: seed ${seed}`);
  return sum.failed.length + lost.length > 0 ? 1 : 0;
}

/** Tells now and then how far the run is, and when it will be done. */
function progressOf(sum: Tally, of: number): () => void {
  const first = sum.seeds;
  let told = seconds();
  return () => {
    if (seconds() - told < progressMs / 1_000) return;
    told = seconds();
    const rate = (sum.seeds - first) / told;
    const minutes = Math.ceil((of - sum.seeds) / rate / 60);
    say(
      `${sum.seeds} of ${of} seeds, ${sum.failed.length} failed, ${rate.toFixed(1)} seeds/s, ${minutes} min left`,
    );
  };
}

function showFailed({ failed }: Tally): void {
  for (const { seed, error } of failed)
    say(`${seed}@${commit} ${error}\n  npm run sim -- --seed ${seed} --trace`);
}

function report({ seeds, wrong, stalled, steps, views, simulatedMs, faults }: Tally): void {
  const hours = simulatedMs / 3_600_000;
  console.log(
    JSON.stringify({ seconds: seconds(), seeds, wrong, stalled, steps, views, hours, faults }),
  );
}

function seconds(): number {
  return Number(process.hrtime.bigint() - began) / 1e9;
}
