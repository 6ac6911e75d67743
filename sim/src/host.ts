import { createRequire, syncBuiltinESMExports } from 'node:module';
import type { Scheduler, Timer } from './scheduler.ts';

const digits = '0123456789abcdef';

/** Hands every clock, timer and source of chance that code may ask to the scheduler of the running seed. */
class Host {
  #scheduler: Scheduler | undefined;
  #isInstalled = false;

  get scheduler(): Scheduler {
    if (this.#scheduler === undefined) throw new Error('no simulation is running');
    return this.#scheduler;
  }

  /** From here on this thread's time is that of the scheduler. */
  run(scheduler: Scheduler): void {
    this.#scheduler = scheduler;
    if (!this.#isInstalled) this.#install();
    this.#isInstalled = true;
  }

  #install(): void {
    const later =
      (every: boolean) =>
      (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
        this.scheduler.timer(ms, () => run(...args), { everyMs: every ? Math.max(1, ms) : 0 });
    const clear = (timer: Timer | undefined) => {
      if (timer !== undefined && timer !== null) timer.isCleared = true;
    };
    Object.assign(globalThis, {
      setTimeout: later(false),
      setInterval: later(true),
      clearTimeout: clear,
      clearInterval: clear,
    });
    performance.now = () => this.scheduler.now();
    Date.now = () => this.scheduler.now();
    Math.random = () => this.scheduler.random.fraction();
    const require = createRequire(import.meta.url);
    const promises = require('node:timers/promises') as Record<string, unknown>;
    promises['setTimeout'] = (ms: number, value: unknown, options?: { signal?: AbortSignal }) =>
      this.#sleep(ms, value, options?.signal);
    promises['setImmediate'] = async () => undefined;
    const crypto = require('node:crypto') as Record<string, unknown>;
    crypto['randomUUID'] = () => this.#uuid();
    syncBuiltinESMExports();
  }

  #sleep(ms: number, value: unknown, signal?: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const abort = () => reject(new Error('aborted'));
      if (signal?.aborted) {
        abort();
        return;
      }
      this.scheduler.timer(ms, () => resolve(value));
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  #uuid(): string {
    const { random } = this.scheduler;
    const hex = (length: number) => {
      let text = '';
      for (let left = length; left > 0; left -= 1) text += digits[random.below(16)];
      return text;
    };
    return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
  }
}

export const host = new Host();
