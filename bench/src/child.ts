import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface Child {
  readonly process: ChildProcess;
  /** The next line of standard output that starts with `word`, without it. */
  line(word: string): Promise<string>;
  stop(): Promise<void>;
}

export interface ChildSettings {
  readonly env?: Readonly<Record<string, string>>;
  /** For Node itself. */
  readonly flags?: readonly string[];
  readonly args?: readonly string[];
}

/** How producer-api and stream-processor are started: see `roomy` in the local stack. */
export const serviceFlags: readonly string[] = ['--max-semi-space-size=64'];

/** Starts a Node program of the repository in a process of its own, as the service would run. */
export function startChild(path: string, settings: ChildSettings = {}): Child {
  const root = new URL('../../', import.meta.url);
  const { env = {}, flags = [], args = [] } = settings;
  const child = spawn(
    process.execPath,
    ['--disable-warning=TimeoutNegativeWarning', ...flags, path, ...args],
    { cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  exited.catch(() => undefined);
  const lines: string[] = [];
  const waiting: { word: string; resolve: (rest: string) => void }[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const index = waiting.findIndex(({ word }) => line.startsWith(word));
    if (index < 0) lines.push(line);
    else
      for (const { word, resolve } of waiting.splice(index, 1))
        resolve(line.slice(word.length).trim());
  });
  return {
    process: child,
    async line(word) {
      const index = lines.findIndex((line) => line.startsWith(word));
      if (index >= 0) return (lines.splice(index, 1)[0] ?? '').slice(word.length).trim();
      const failed = exited.then((code) => {
        throw new Error(`${path} exited with ${String(code)} before it printed ${word}`);
      });
      return Promise.race([
        new Promise<string>((resolve) => waiting.push({ word, resolve })),
        failed,
      ]);
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const forced = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await once(child, 'exit');
      clearTimeout(forced);
    },
  };
}

/** Polls until the URL answers 200, at most `timeoutMs`. */
export async function untilReady(url: string, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const ok = await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
      ({ status }) => status === 200,
      () => false,
    );
    if (ok) return;
    if (Date.now() > deadline) throw new Error(`${url} is not ready after ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
