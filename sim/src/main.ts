import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Ledger } from './ledger.ts';
import { runPool } from './pool.ts';
import { runSeed } from './run.ts';
import { missingChunks, type SeedRange } from './seed-ranges.ts';
import { sourceHash } from './source-hash.ts';
import { addTally, emptyTally, type Tally, tallyOf } from './tally.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    workers: { type: 'string', default: String(availableParallelism()) },
    ledger: { type: 'string' },
  },
});
const chunkSeedsMax = 500;
const chunksPerWorker = 4;
const progressMs = 30_000;
const range: SeedRange = { from: wholeNumber('from'), count: wholeNumber('seeds') };
const began = process.hrtime.bigint();
const { stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' });
const commit = stdout.trim();

process.exit(values.seed === undefined ? await runAll() : await runOne(wholeNumber('seed')));

function wholeNumber(name: 'from' | 'seeds' | 'seed' | 'workers'): number {
  const number = Number(values[name]);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new Error(`--${name} ${values[name]} is no whole number from 1 on`);
}

async function runOne(seed: number): Promise<number> {
  const trace = values.trace ? (line: string) => console.log(line) : undefined;
  const tally = tallyOf(await runSeed(seed, trace));
  showFailed(tally);
  report(tally);
  return tally.failed.length > 0 ? 1 : 0;
}

async function runAll(): Promise<number> {
  const workers = wholeNumber('workers');
  const ledger = values.ledger === undefined ? undefined : new Ledger(values.ledger);
  const source = sourceHash();
  const before = ledger?.entries(source, range) ?? [];
  const sum = emptyTally();
  for (const { tally } of before) addTally(sum, tally);
  const size = Math.min(chunkSeedsMax, Math.ceil(range.count / (chunksPerWorker * workers)));
  const chunks = missingChunks(range, before, size);
  if (before.length > 0) console.log(`${sum.seeds} seeds of source ${source} are in the ledger`);
  const progress = progressOf(sum, range.count);
  const finished = (chunk: SeedRange, tally: Tally) => {
    ledger?.add({ ...chunk, tally, commit, source });
    addTally(sum, tally);
    showFailed(tally);
    progress();
  };
  const lost = await runPool({ workers, chunks, finished });
  for (const { from, count } of lost)
    console.log(`seeds ${from} to ${from + count - 1} came to no end: their process died`);
  report(sum);
  for (const { seed } of sum.failed) console.log(`failed: seed ${seed}`);
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
    console.log(
      `${sum.seeds} of ${of} seeds, ${sum.failed.length} failed, ${rate.toFixed(1)} seeds/s, ${minutes} min left`,
    );
  };
}

function showFailed({ failed }: Tally): void {
  for (const { seed, error } of failed)
    console.log(`${seed}@${commit} ${error}\n  npm run sim -- --seed ${seed} --trace`);
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
