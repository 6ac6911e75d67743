export interface ViewQuotaSettings {
  readonly windowMs: number;
  /** Most names tracked at once; beyond it the window starts anew for all (never more memory). */
  readonly namesMax: number;
}

/** `views` of the `max` that `name` may send in a window. */
export interface QuotaAsk {
  readonly name: string;
  readonly views: number;
  readonly max: number;
}

export interface QuotaAnswer {
  readonly isGranted: boolean;
  readonly max: number;
  /** Left after this ask; before it when it was not granted. */
  readonly remaining: number;
  /** Until the next window, ms. */
  readonly resetMs: number;
}

/** Views per name and fixed window: a batch costs as much as its views. */
export class ViewQuota {
  readonly #settings: ViewQuotaSettings;
  readonly #used = new Map<string, number>();
  #windowStart = 0;

  constructor(settings: ViewQuotaSettings) {
    this.#settings = settings;
  }

  /** What an ask would be answered; nothing is taken. */
  look({ name, views, max }: QuotaAsk, now: number): QuotaAnswer {
    this.#roll(now);
    const left = max - (this.#used.get(name) ?? 0);
    const isGranted = views <= left;
    return {
      isGranted,
      max,
      remaining: Math.max(0, isGranted ? left - views : left),
      resetMs: this.#windowStart + this.#settings.windowMs - now,
    };
  }

  /** Takes without looking. */
  take({ name, views }: QuotaAsk, now: number): void {
    this.#roll(now);
    const used = this.#used.get(name) ?? 0;
    if (used === 0 && this.#used.size >= this.#settings.namesMax) this.#used.clear();
    this.#used.set(name, used + views);
  }

  #roll(now: number): void {
    const start = now - (now % this.#settings.windowMs);
    if (start === this.#windowStart) return;
    this.#windowStart = start;
    this.#used.clear();
  }
}

export interface QuotaCharge {
  readonly quota: ViewQuota;
  readonly ask: QuotaAsk;
}

/**
 * Takes from all quotas, or from none when one is spent. The answer of the one that decides: the longest wait, else the
 * least left; undefined when there is nothing to take from.
 */
export function chargeAll(charges: readonly QuotaCharge[], now: number): QuotaAnswer | undefined {
  const answers = charges.map(({ quota, ask }) => quota.look(ask, now));
  const refusals = answers.filter(({ isGranted }) => !isGranted);
  if (refusals.length > 0) return refusals.reduce((a, b) => (b.resetMs > a.resetMs ? b : a));
  for (const { quota, ask } of charges) quota.take(ask, now);
  return answers.reduce<QuotaAnswer | undefined>(
    (a, b) => (a === undefined || b.remaining < a.remaining ? b : a),
    undefined,
  );
}
