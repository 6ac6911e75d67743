import type { Random } from './random.ts';
import { drainMicrotasks } from './turn.ts';

/** A process of the simulated world. Memory and timers end with it; while it is frozen nothing of it runs, and then goes on as if nothing had been. */
export class Process {
  readonly name: string;
  isAlive = true;
  isFrozen = false;

  constructor(name: string) {
    this.name = name;
  }
}

interface PendingEvent {
  readonly owner: Process;
  readonly what: string;
  readonly run: () => void;
}

/** A timer of a process; what `setTimeout` gives back there. */
export interface Timer {
  readonly owner: Process;
  readonly run: () => void;
  at: number;
  /** Of an interval, ms. */
  readonly everyMs: number;
  isCleared: boolean;
  unref(): Timer;
  ref(): Timer;
}

export interface TimerOptions {
  readonly everyMs?: number;
  /** Default: whose code runs now. */
  readonly owner?: Process;
}

/**
 * Decides what happens next: any pending event whose process may run, in any order, or the next timer. Its clock moves only when
 * a timer fires or somebody makes it jump. Between two events all microtasks run, so that nothing depends on the machine. It must
 * itself be driven from outside of them: see `outsideMicrotasks`.
 */
export class Scheduler {
  readonly random: Random;
  /** Whose code runs now: new timers and requests are its own. */
  current: Process;
  /** Greatest lateness of a timer, ms. */
  latenessMs = 400;
  /** How often the next timer goes first although events wait. */
  timersFirst = 0.12;
  readonly trace: ((line: string) => void) | undefined;
  steps = 0;
  #now: number;
  #pending: PendingEvent[] = [];
  #timers: Timer[] = [];

  constructor(random: Random, startAt: number, trace?: (line: string) => void) {
    this.random = random;
    this.#now = startAt;
    this.trace = trace;
    this.current = new Process('world');
  }

  now(): number {
    return this.#now;
  }

  /** Hours pass in a moment, as on a machine that slept. */
  jump(ms: number): void {
    this.#now += ms;
  }

  post(owner: Process, what: string, run: () => void): void {
    if (owner.isAlive) this.#pending.push({ owner, what, run });
  }

  timer(delayMs: number, run: () => void, options: TimerOptions = {}): Timer {
    const { everyMs = 0, owner = this.current } = options;
    const timer: Timer = {
      owner,
      run,
      at: this.#now + Math.max(1, Math.ceil(delayMs || 0)),
      everyMs,
      isCleared: false,
      unref: () => timer,
      ref: () => timer,
    };
    if (owner.isAlive) this.#timers.push(timer);
    return timer;
  }

  /** Its memory is gone, and with it all that waited for it. */
  kill(process: Process): void {
    process.isAlive = false;
    this.#pending = this.#pending.filter(({ owner }) => owner !== process);
    this.#timers = this.#timers.filter(({ owner }) => owner !== process);
  }

  /** Runs `act` as the process, with all that follows at once. */
  as(process: Process, act: () => void): void {
    this.current = process;
    act();
    drainMicrotasks();
  }

  /** One event or timer; false when nothing can happen any more. */
  step(): boolean {
    const event = this.#takeEvent();
    if (event !== undefined) {
      this.#run(event.owner, event.what, event.run);
      return true;
    }
    const timer = this.#takeTimer();
    if (timer === undefined) return false;
    if (timer.at > this.#now) this.#now = timer.at + this.random.below(this.latenessMs + 1);
    if (timer.everyMs > 0) {
      timer.at = this.#now + timer.everyMs;
      this.#timers.push(timer);
    }
    this.#run(timer.owner, 'timer', timer.run);
    return true;
  }

  #run(owner: Process, what: string, run: () => void): void {
    this.steps += 1;
    this.trace?.(`${this.steps} ${this.#now} ${owner.name}: ${what}`);
    this.current = owner;
    run();
    drainMicrotasks();
  }

  #takeEvent(): PendingEvent | undefined {
    const pending = this.#pending;
    if (pending.length === 0 || this.random.chance(this.timersFirst)) return undefined;
    const from = this.random.below(pending.length);
    for (let i = 0; i < pending.length; i += 1) {
      const at = (from + i) % pending.length;
      const event = pending[at] as PendingEvent;
      if (event.owner.isFrozen) continue;
      pending[at] = pending.at(-1) as PendingEvent;
      pending.pop();
      return event;
    }
    return undefined;
  }

  #takeTimer(): Timer | undefined {
    let next: Timer | undefined;
    let cleared = 0;
    for (const timer of this.#timers) {
      if (timer.isCleared) cleared += 1;
      else if (!timer.owner.isFrozen && (next === undefined || timer.at < next.at)) next = timer;
    }
    if (cleared > 32) this.#timers = this.#timers.filter(({ isCleared }) => !isCleared);
    if (next !== undefined) this.#timers.splice(this.#timers.indexOf(next), 1);
    return next;
  }
}
