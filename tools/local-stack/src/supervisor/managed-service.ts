import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceSpec } from '../services/spec.ts';
import { type Exit, type GuardedChild, startGuarded } from './guarded-child.ts';
import { lastLines } from './log-tail.ts';

export type ServiceState =
  | 'waiting'
  | 'starting'
  | 'ready'
  | 'done'
  | 'restarting'
  | 'stopped'
  | 'failed';

export interface ServiceHooks {
  readonly logFolder: string;
  /** After every change of state. */
  changed(service: ManagedService): void;
  /** How long to wait after a crash; undefined = give up. */
  restartDelay(crashTimes: readonly number[], now: number): number | undefined;
  /** Is a service that fails to start the first time tried again too? */
  readonly insists?: boolean;
  /** It will not come back by itself. */
  gaveUp(error: Error): void;
}

/** When it last came and went, ms since 1970; undefined before the first time. */
export interface ServiceTimes {
  /** The end of the process that was ready; attempts to start it again that fail do not count. */
  readonly endedAt?: number;
  readonly launchedAt?: number;
  readonly readyAt?: number;
}

const probeEveryMs = 50;
const crashesKept = 16;
/** Of its time to get ready, what a service that lives may take to catch up: one that gets nowhere must not be waited for without end. */
const catchUpTimesMax = 30;

/** One process from start to end: readiness, restarts after crashes, and orders from outside. */
export class ManagedService {
  readonly spec: ServiceSpec;
  readonly logPath: string;
  state: ServiceState = 'waiting';
  /** From start to ready, the last time, ms. */
  elapsedMs = 0;
  restarts = 0;
  times: ServiceTimes = {};
  readonly #hooks: ServiceHooks;
  #child: GuardedChild | undefined;
  #crashTimes: number[] = [];
  /** Set while somebody ends the process on purpose: its exit is then no crash. */
  #isWanted = false;
  #isExcused = false;

  constructor(spec: ServiceSpec, hooks: ServiceHooks) {
    this.spec = spec;
    this.#hooks = hooks;
    this.logPath = join(hooks.logFolder, `${spec.name}.log`);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Launches it and resolves once it is ready. @throws Error with its last lines and the fix. */
  async start(): Promise<void> {
    if (this.#isWanted && this.#child !== undefined) return;
    this.#isWanted = true;
    const failure = await this.#attempt('starting');
    if (failure === undefined) return;
    if (this.#hooks.insists === true && this.spec.probe !== undefined)
      return this.#comeBack(failure);
    this.#isWanted = false;
    this.#enter('failed');
    throw this.#failure(failure);
  }

  /** Ends it kindly, then by force; it stays down until started again. */
  async stop(): Promise<void> {
    this.#isWanted = false;
    await this.#child?.end(this.spec.stopGraceMs);
    this.#enter('stopped');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Sends a signal as a fault would: if it dies of it, it is restarted and no crash is charged. False: there is no process to hit. */
  signal(name: NodeJS.Signals): boolean {
    if (this.#child === undefined) return false;
    this.#isExcused = true;
    this.#child.signal(name);
    return true;
  }

  /** One launch up to readiness. Undefined when ready, else why not; then nothing of it is left. */
  async #attempt(state: 'starting' | 'restarting'): Promise<string | undefined> {
    this.#enter(state);
    const began = performance.now();
    const child = this.#launch();
    const failure = await this.#readiness(child, state === 'restarting' || this.spec.findsData);
    this.elapsedMs = performance.now() - began;
    if (failure !== undefined) {
      await child.end(0);
      return failure;
    }
    this.times = { ...this.times, readyAt: Date.now() };
    this.#enter(this.spec.probe === undefined ? 'done' : 'ready');
    if (this.spec.probe !== undefined) void this.#watch(child);
    return undefined;
  }

  #launch(): GuardedChild {
    const child = startGuarded(this.spec, this.logPath);
    this.#child = child;
    this.times = { ...this.times, launchedAt: Date.now() };
    void child.exited.then(() => {
      const { endedAt = 0, readyAt = 0 } = this.times;
      if (endedAt <= readyAt) this.times = { ...this.times, endedAt: Date.now() };
      if (this.#child === child) this.#child = undefined;
    });
    return child;
  }

  /** Undefined when ready, else why not. `isPatient`: while it lives it may take thirty times as long. */
  async #readiness(child: GuardedChild, isPatient = false): Promise<string | undefined> {
    const settling = new AbortController();
    const ended = child.exited.then((exit) =>
      this.spec.probe === undefined && exit.code === 0 ? undefined : exitText(exit),
    );
    const timedOut = this.#timeOut(isPatient, settling.signal);
    const polled = this.#poll(() => settling.signal.aborted);
    const outcome = await Promise.race([ended, timedOut, ...(polled ? [polled] : [])]);
    settling.abort();
    return outcome;
  }

  async #timeOut(isPatient: boolean, settled: AbortSignal): Promise<string | undefined> {
    const { readyTimeoutMs, isAlive } = this.spec;
    let times = 0;
    do {
      await delay(readyTimeoutMs, undefined, { signal: settled, ref: false }).catch(
        () => undefined,
      );
      if (settled.aborted) return undefined;
      times += 1;
    } while (isPatient && times < catchUpTimesMax && (await isAlive?.()));
    return `was not ready after ${(times * readyTimeoutMs) / 1000} s`;
  }

  #poll(isSettled: () => boolean): Promise<undefined> | undefined {
    const { probe } = this.spec;
    if (probe === undefined) return undefined;
    return (async () => {
      while (!isSettled() && !(await probe())) await delay(probeEveryMs);
      return undefined;
    })();
  }

  async #watch(child: GuardedChild): Promise<void> {
    await this.#comeBack(exitText(await child.exited));
  }

  async #comeBack(why: string): Promise<void> {
    let reason: string | undefined = why;
    while (this.#isWanted && reason !== undefined) {
      const wait = this.#nextDelay();
      if (wait === undefined) return this.#giveUp(reason);
      this.restarts += 1;
      this.#enter('restarting');
      await delay(wait);
      reason = this.#isWanted ? await this.#attempt('restarting') : undefined;
    }
  }

  #giveUp(reason: string): void {
    this.#isWanted = false;
    this.#enter('failed');
    this.#hooks.gaveUp(this.#failure(`${reason}, too often to try again`));
  }

  #nextDelay(): number | undefined {
    if (this.#isExcused) {
      this.#isExcused = false;
      return 0;
    }
    const now = performance.now();
    const wait = this.#hooks.restartDelay(this.#crashTimes, now);
    this.#crashTimes = [...this.#crashTimes, now].slice(-crashesKept);
    return wait;
  }

  #enter(state: ServiceState): void {
    this.state = state;
    this.#hooks.changed(this);
  }

  #failure(why: string): Error {
    const { label, fix, cwd } = this.spec;
    const where = existsSync(cwd) ? '' : ` (its folder ${cwd} is gone)`;
    return new Error(
      `${label} ${why}${where}. Last lines of ${this.logPath}:\n${lastLines(this.logPath, 20)}\n  fix: ${fix}`,
    );
  }
}

function exitText({ code, signal }: Exit): string {
  return code === null ? `was ended by ${signal}` : `exited with code ${code}`;
}
