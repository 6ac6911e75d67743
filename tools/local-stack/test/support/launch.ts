import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { busyPorts, portsAt } from '../../preflight/index.mjs';
import type { RunningStack } from '../../src/run-file.ts';

export const root = fileURLToPath(new URL('../../../..', import.meta.url));

export interface Launched {
  readonly child: ChildProcess;
  /** Exit code and signal, once it has ended. */
  readonly ended: Promise<readonly [number | null, NodeJS.Signals | null]>;
  /** What it wrote to standard error so far. */
  said(): string;
  /** The description it prints when everything is ready. */
  readonly ready: Promise<RunningStack>;
}

/** Apart from the offsets of the shared test stack, and every port below those that clients are given. */
export async function freeOffset(): Promise<number> {
  for (let offset = 12_000 + (process.pid % 50) * 20; offset < 18_000; offset += 20) {
    if ((await busyPorts(portsAt(offset))).length === 0) return offset;
  }
  throw new Error('no free ports');
}

/** `npm start -- --json …` without npm; ends with this process. */
export function launch(
  flags: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Launched {
  const child = spawn(process.execPath, ['tools/local-stack/start.mjs', '--json', ...flags], {
    cwd: root,
    env: { ...process.env, TRENDING_LIFELINE_FD: '3', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    errors += bytes.toString();
  });
  return {
    child,
    ended: once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>,
    said: () => errors,
    ready: firstLine(child).then((line) => JSON.parse(line) as RunningStack),
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no output');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('ended without a description');
}
