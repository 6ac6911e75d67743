import { runSeed } from './run.ts';
import type { SeedRange } from './seed-ranges.ts';
import { addTally, emptyTally, tallyOf } from './tally.ts';

/** Runs the chunks that it is told, one after the other, in a process of its own. */

// Expected errors are thrown by the thousand; nobody reads where.
Error.stackTraceLimit = 0;
let running = 0;

async function runChunk({ from, count }: SeedRange): Promise<void> {
  const tally = emptyTally();
  for (running = from; running < from + count; running += 1)
    addTally(tally, tallyOf(await runSeed(running)));
  process.send?.(tally);
}

process.on('message', (chunk: SeedRange) => void runChunk(chunk));
process.on('disconnect', () => process.exit(0));
process.on('exit', (code) => {
  if (code !== 0)
    console.error(`seed ${running} ended the process: npm run sim -- --seed ${running} --trace`);
});
