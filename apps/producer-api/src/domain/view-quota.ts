export interface ViewQuotaSettings {
  readonly viewsMax: number;
  readonly windowMs: number;
  /** Most networks tracked at once; beyond it the window starts anew for all (never more memory). */
  readonly networksMax: number;
}

/** Views per network and fixed window: a batch costs as much as its views. */
export class ViewQuota {
  readonly #settings: ViewQuotaSettings;
  readonly #used = new Map<string, number>();
  #windowStart = 0;

  constructor(settings: ViewQuotaSettings) {
    this.#settings = settings;
  }

  /** Takes `views` for a network; 0 when there was room, else the milliseconds until the next window (nothing is taken). */
  take(network: string, views: number, now: number): number {
    this.#roll(now);
    const used = this.#used.get(network) ?? 0;
    if (used + views > this.#settings.viewsMax)
      return this.#windowStart + this.#settings.windowMs - now;
    if (used === 0 && this.#used.size >= this.#settings.networksMax) this.#used.clear();
    this.#used.set(network, used + views);
    return 0;
  }

  #roll(now: number): void {
    const start = now - (now % this.#settings.windowMs);
    if (start === this.#windowStart) return;
    this.#windowStart = start;
    this.#used.clear();
  }
}
