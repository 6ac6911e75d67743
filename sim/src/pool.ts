import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { SeedRange } from './seed-ranges.ts';
import type { Tally } from './tally.ts';

/**
 * All of a seed's world lives until the seed ends. Where new objects are kept there is room for several worlds, so that most of them
 * have ended when it is cleaned, and need not be copied.
 */
const heap = ['--max-semi-space-size=32'];
const script = fileURLToPath(new URL('./worker.ts', import.meta.url));

export interface PoolSettings {
  readonly workers: number;
  readonly chunks: readonly SeedRange[];
  readonly finished: (chunk: SeedRange, tally: Tally) => void;
}

/** Runs the chunks in processes of their own. @returns the chunks whose process ended before they did */
export async function runPool({ workers, chunks, finished }: PoolSettings): Promise<SeedRange[]> {
  const waiting = [...chunks];
  const lost: SeedRange[] = [];
  const work = async () => {
    for (;;) {
      const child = fork(script, { execArgv: [...process.execArgv, ...heap] });
      const broken = await workThrough(child, waiting, finished);
      if (broken === undefined) return;
      lost.push(broken);
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, chunks.length) }, work));
  return lost;
}

/** @returns the chunk during which the process ended; undefined when nothing waits any more */
function workThrough(
  child: ChildProcess,
  waiting: SeedRange[],
  finished: PoolSettings['finished'],
): Promise<SeedRange | undefined> {
  return new Promise((resolve) => {
    let chunk: SeedRange | undefined;
    const next = () => {
      chunk = waiting.shift();
      if (chunk === undefined) child.disconnect();
      else child.send(chunk);
    };
    child.on('message', (tally: Tally) => {
      if (chunk !== undefined) finished(chunk, tally);
      next();
    });
    child.on('exit', () => resolve(chunk));
    next();
  });
}
