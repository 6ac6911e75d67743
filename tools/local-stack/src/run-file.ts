import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processIsAlive } from '../preflight/index.mjs';

export interface RunningService {
  /** Null: not a process of ours (a container), or down. */
  readonly pid: number | null;
  readonly url: string;
  readonly ready: boolean;
}

/** A running stack as `npm run status -- --json` prints it. */
export interface RunningStack {
  readonly kind: 'local' | 'docker';
  readonly offset: number;
  /** The supervisor; while it lives, the stack runs. */
  readonly pid: number;
  readonly startedAt: string;
  /** False until everything asked for is ready. */
  readonly ready: boolean;
  readonly producerUrl: string;
  readonly processorUrl: string;
  readonly gatewayUrl: string;
  readonly demoUrl: string;
  /** host:port of the broker; of several, separated by commas. */
  readonly kafka: string;
  readonly registryUrl: string;
  readonly clickhouseUrl: string;
  readonly apiKey: string;
  /** Where services are killed and restarted by tests; null under Docker. */
  readonly controlUrl: string | null;
  readonly logFolder: string;
  readonly apps: boolean;
  readonly demo: boolean;
  readonly services: Readonly<Record<string, RunningService>>;
}

export function runFilePath(folder: string, offset: number): string {
  return join(folder, `${offset}.json`);
}

/** Replaces the file in one step: a reader sees the old or the new one, whole. */
export function writeRunFile(folder: string, stack: RunningStack): void {
  mkdirSync(folder, { recursive: true });
  const path = runFilePath(folder, stack.offset);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(stack, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}

export function removeRunFile(folder: string, offset: number): void {
  rmSync(runFilePath(folder, offset), { force: true });
}

/** Run files of stacks whose supervisor is alive, lowest offset first. */
export function runningStacks(folder: string, isAlive = processIsAlive): RunningStack[] {
  return filesOf(folder)
    .map((name) => readRunFile(join(folder, name)))
    .filter((stack) => stack !== undefined)
    .filter((stack) => isAlive(stack.pid))
    .sort((a, b) => a.offset - b.offset);
}

export function readRunFile(path: string): RunningStack | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as RunningStack;
  } catch {
    return undefined;
  }
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^\d+\.json$/.test(name));
  } catch {
    return [];
  }
}
