import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { processIsAlive } from '../preflight/index.mjs';
import { readRunFile, removeRunFile } from './run-file.ts';

const logsKeptMs = 24 * 3_600_000;

/** Removes what killed supervisors left behind at any offset: run files and scratch data; logs after a day. */
export function sweepDeadRuns(folder: string, now: number): void {
  for (const name of namesIn(folder)) {
    const offset = Number(/^(\d+)(\.json)?$/.exec(name)?.[1] ?? Number.NaN);
    const stack = readRunFile(join(folder, `${offset}.json`));
    if (stack !== undefined && processIsAlive(stack.pid)) continue;
    if (stack !== undefined) {
      rmSync(join(folder, String(offset), 'data'), { recursive: true, force: true });
      removeRunFile(folder, offset);
    }
    // Without a run file it may be a stack that is only just starting.
    const place = statSync(join(folder, name), { throwIfNoEntry: false });
    if (place?.isDirectory() && place.mtimeMs < now - logsKeptMs) {
      rmSync(join(folder, name), { recursive: true, force: true });
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
