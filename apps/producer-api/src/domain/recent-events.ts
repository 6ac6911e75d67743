export type Recollection = 'new' | 'duplicate' | 'conflict';

/**
 * The newest acknowledged event ids and the payload each came with, in bounded memory (two generations of `generationMax`).
 * Only a courtesy to callers who retry: real deduplication happens behind the log, where every copy meets. Two tries at the same
 * time, or at two processes, are both new here.
 */
export class RecentEvents {
  readonly #generationMax: number;
  #young = new Map<string, string>();
  #old = new Map<string, string>();

  constructor(generationMax: number) {
    this.#generationMax = generationMax;
  }

  /** Has this id been acknowledged, and with the same payload? */
  recall(eventId: string, payload: string): Recollection {
    const known = this.#young.get(eventId) ?? this.#old.get(eventId);
    if (known === undefined) return 'new';
    return known === payload ? 'duplicate' : 'conflict';
  }

  /** Only after the log has it: a failed append must stay retriable under the same id. The first payload stays. */
  remember(eventId: string, payload: string): void {
    if (this.recall(eventId, payload) !== 'new') return;
    if (this.#young.size >= this.#generationMax) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(eventId, payload);
  }
}
