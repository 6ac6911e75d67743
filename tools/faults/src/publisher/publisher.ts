import { setTimeout as delay } from 'node:timers/promises';
import { backoffDelay } from '@trending/runtime';
import type { Random } from '@trending/runtime/random';
import type { ViewRequest } from '@trending/schemas/http/publish';
import type { EventLedger } from '../oracle/event-ledger.ts';
import { below } from '../random.ts';
import type { PublishedToken } from './tokens.ts';
import { postOnce } from './view-client.ts';

export interface PublisherSettings {
  readonly api: string;
  readonly key: string;
  readonly tokens: readonly PublishedToken[];
  readonly ledger: EventLedger;
  readonly viewsPerSecond: number;
  readonly random: Random;
  readonly failed: (error: Error) => void;
}

export interface PublisherFigures {
  readonly posts: number;
  /** Attempts that brought no or no full confirmation, by what came instead. */
  readonly problems: Readonly<Record<string, number>>;
  /** Batches sent again although they were confirmed, or twice at once. */
  readonly repeats: number;
}

interface Batch {
  readonly numbers: readonly number[];
  readonly views: readonly ViewRequest[];
  readonly madeAt: number;
}

const batchSize = 20;
const inFlightMax = 64;
/** Deduplication reaches back ten minutes of log time; an id older than this is not sent any more. */
const retryForMs = 8 * 60_000;
const backoff = { initialMs: 100, maxMs: 2_000 };
const rememberedBatches = 200;
const shares = { repeatLater: 0.03, twiceAtOnce: 0.01, sentOnce: 0.01, lateView: 0.01 };
const latestMs = 20 * 60_000;

/**
 * Publishes views with known event ids at an even rate, as a good client does: the same ids again until a 202. Now and then it repeats
 * what was confirmed, sends a batch twice at once, gives up after one attempt, or sends a view of some minutes ago.
 */
export class Publisher {
  readonly #settings: PublisherSettings;
  readonly #recent: Batch[] = [];
  readonly #inFlight = new Set<Promise<void>>();
  readonly #problems = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #posts = 0;
  #repeats = 0;

  constructor(settings: PublisherSettings) {
    this.#settings = settings;
  }

  get figures(): PublisherFigures {
    return {
      posts: this.#posts,
      problems: Object.fromEntries(this.#problems),
      repeats: this.#repeats,
    };
  }

  start(): void {
    const everyMs = (batchSize * 1_000) / this.#settings.viewsPerSecond;
    this.#timer ??= setInterval(() => this.#tick(), everyMs);
  }

  /** Makes no new views, and resolves when every one is confirmed or given up. */
  async pause(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
  }

  #tick(): void {
    if (this.#inFlight.size >= inFlightMax) return;
    const { random } = this.#settings;
    const batch = this.#batch();
    const chance = random();
    const isSentOnce = chance < shares.sentOnce;
    this.#launch(isSentOnce ? this.#sendOnce(batch) : this.#sendSurely(batch));
    const { sentOnce, twiceAtOnce } = shares;
    if (!isSentOnce && chance < sentOnce + twiceAtOnce) this.#launch(this.#repeat(batch));
    if (random() < shares.repeatLater) this.#launch(this.#repeat(this.#recentBatch()));
  }

  #launch(work: Promise<void>): void {
    const settled = work
      .catch((error: Error) => this.#settings.failed(error))
      .finally(() => this.#inFlight.delete(settled));
    this.#inFlight.add(settled);
  }

  #batch(): Batch {
    const { random, tokens, ledger } = this.#settings;
    const madeAt = Date.now();
    const events = Array.from({ length: batchSize }, () => ({
      token: below(random, tokens.length),
      viewedAt: random() < shares.lateView ? madeAt - below(random, latestMs) : madeAt,
    }));
    const numbers = ledger.add(events);
    const views = events.map(({ token, viewedAt }, index) => {
      const { chain = '', address = '' } = tokens[token] ?? {};
      const eventId = ledger.eventId(numbers[index] ?? 0);
      return { chain, address, eventId, viewer: eventId, viewedAt };
    });
    return { numbers, views, madeAt };
  }

  #recentBatch(): Batch | undefined {
    const batch = this.#recent[below(this.#settings.random, this.#recent.length)];
    return batch !== undefined && Date.now() < batch.madeAt + retryForMs ? batch : undefined;
  }

  async #sendSurely(batch: Batch): Promise<void> {
    let left = batch.numbers.map((_, index) => index);
    for (let attempt = 0; left.length > 0; attempt += 1) {
      if (Date.now() > batch.madeAt + retryForMs) break;
      left = await this.#attempt(batch, left);
      if (left.length > 0) await delay(backoffDelay(backoff, attempt, Math.random()));
    }
    this.#settings.ledger.abandon(left.map((index) => batch.numbers[index] ?? 0));
    if (left.length === 0) this.#remember(batch);
  }

  async #sendOnce(batch: Batch): Promise<void> {
    const all = batch.numbers.map((_, index) => index);
    const left = await this.#attempt(batch, all);
    this.#settings.ledger.abandon(left.map((index) => batch.numbers[index] ?? 0));
  }

  async #repeat(batch: Batch | undefined): Promise<void> {
    if (batch === undefined) return;
    this.#repeats += 1;
    await this.#attempt(
      batch,
      batch.numbers.map((_, index) => index),
    );
  }

  /** Places of the batch that are still without a confirmation. */
  async #attempt(batch: Batch, places: readonly number[]): Promise<number[]> {
    this.#posts += 1;
    const views = places.flatMap((place) => batch.views[place] ?? []);
    const { confirmed, problem } = await postOnce(views, this.#settings);
    if (problem !== '') this.#problems.set(problem, (this.#problems.get(problem) ?? 0) + 1);
    const isConfirmed = new Set(confirmed.map((index) => places[index]));
    const numbers = places.filter((place) => isConfirmed.has(place));
    this.#settings.ledger.acknowledge(numbers.map((place) => batch.numbers[place] ?? 0));
    return places.filter((place) => !isConfirmed.has(place));
  }

  #remember(batch: Batch): void {
    this.#recent.push(batch);
    if (this.#recent.length > rememberedBatches) this.#recent.shift();
  }
}
