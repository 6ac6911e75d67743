import type { Environment } from '../../../src/subscribe/environment.ts';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** Time, network and visibility that move only when told. */
export class ManualEnvironment implements Environment {
  #now = 0;
  #timers = new Set<Timer>();
  #listeners = new Set<() => void>();
  #online = true;
  #visible = true;

  now(): number {
    return this.#now;
  }

  random(): number {
    return 0.5;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  isOnline(): boolean {
    return this.#online;
  }

  isVisible(): boolean {
    return this.#visible;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Runs what is due within the next `ms`, in order. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (let timer = this.#next(until); timer !== undefined; timer = this.#next(until)) {
      this.#timers.delete(timer);
      this.#now = timer.at;
      timer.callback();
    }
    this.#now = until;
  }

  set(host: { online?: boolean; visible?: boolean }): void {
    this.#online = host.online ?? this.#online;
    this.#visible = host.visible ?? this.#visible;
    for (const listener of this.#listeners) listener();
  }

  get pendingTimers(): number {
    return this.#timers.size;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  #next(until: number): Timer | undefined {
    return [...this.#timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
  }
}
