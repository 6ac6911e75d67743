import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const restartMs = 250;

/** A program of this repository that is started again whenever it ends, until it is stopped. */
export class Child {
  readonly #entry: string;
  readonly #env: NodeJS.ProcessEnv;
  #process: ChildProcess;
  #isStopping = false;
  starts = 0;

  constructor(entry: string, env: NodeJS.ProcessEnv) {
    this.#entry = entry;
    this.#env = env;
    this.#process = this.#spawn();
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), 10_000);
    await exited;
    clearTimeout(timer);
  }

  #spawn(): ChildProcess {
    this.starts += 1;
    const args = [...this.#entry.split(' ')];
    const child = spawn(process.execPath, args, { cwd: root, env: this.#env, stdio: 'ignore' });
    child.once('exit', () => void this.#again());
    return child;
  }

  async #again(): Promise<void> {
    await sleep(restartMs);
    if (!this.#isStopping) this.#process = this.#spawn();
  }
}

/** Asks until it answers with a good status. */
export async function answers(url: string, waitMs: number): Promise<void> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const ok = await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
      async (response) => {
        await response.text();
        return response.ok;
      },
      () => false,
    );
    if (ok) return;
    if (performance.now() > deadline) throw new Error(`${url} did not answer in ${waitMs} ms`);
    await sleep(100);
  }
}
