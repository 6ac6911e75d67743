import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PaneCounts } from './pane-counts.ts';

const acknowledged = 1;
const logged = 2;
const abandoned = 4;
const prefixDigits = 20;

export interface LedgerEvent {
  readonly token: number;
  readonly viewedAt: number;
}

/**
 * Every event the publisher ever tried to publish, numbered from 0, and what became of it. The number is part of the event id, so
 * whatever comes out of the pipeline can be traced back. Files: `attempted.tsv` is written before an event is sent, `acknowledged.tsv`
 * when its 202 came.
 */
export class EventLedger {
  readonly tokens: number;
  readonly #prefix: string;
  readonly #folder: string | undefined;
  readonly #token: number[] = [];
  readonly #viewedAt: number[] = [];
  readonly #state: number[] = [];
  #acknowledged = 0;

  /** `prefix`: 20 hex digits of this run. Without a folder nothing is kept. */
  constructor(settings: { prefix: string; tokens: number; folder?: string }) {
    this.#prefix = settings.prefix;
    this.tokens = settings.tokens;
    this.#folder = settings.folder;
    if (settings.folder !== undefined) {
      mkdirSync(settings.folder, { recursive: true });
      this.#load(settings.folder);
    }
  }

  get size(): number {
    return this.#token.length;
  }

  get acknowledgedCount(): number {
    return this.#acknowledged;
  }

  /** Numbers of new events. */
  add(events: readonly LedgerEvent[]): number[] {
    const first = this.size;
    for (const { token, viewedAt } of events) this.#push(token, viewedAt);
    const lines = events.map(
      ({ token, viewedAt }, index) => `${first + index}\t${token}\t${viewedAt}\n`,
    );
    this.#append('attempted.tsv', lines);
    return events.map((_, index) => first + index);
  }

  acknowledge(numbers: readonly number[]): void {
    const fresh = numbers.filter((number) => this.#mark(number, acknowledged));
    this.#acknowledged += fresh.length;
    this.#append(
      'acknowledged.tsv',
      fresh.map((number) => `${number}\n`),
    );
  }

  /** They will not be sent again. */
  abandon(numbers: readonly number[]): void {
    for (const number of numbers) this.#mark(number, abandoned);
  }

  /** Was it found in the log for the first time? */
  found(number: number): boolean {
    return this.#mark(number, logged);
  }

  event(number: number): LedgerEvent | undefined {
    const token = this.#token[number];
    const viewedAt = this.#viewedAt[number];
    return token === undefined || viewedAt === undefined ? undefined : { token, viewedAt };
  }

  eventId(number: number): string {
    const digits = this.#prefix + number.toString(16).padStart(12, '0');
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }

  /** The event behind an id of this run. */
  numberOf(id: Uint8Array): number | undefined {
    const digits = Buffer.from(id).toString('hex');
    if (!digits.startsWith(this.#prefix)) return undefined;
    const number = Number.parseInt(digits.slice(prefixDigits), 16);
    return number < this.size ? number : undefined;
  }

  /** Acknowledged, and not in the log: what must never happen. */
  missing(): number[] {
    return this.#state.flatMap((state, number) =>
      (state & acknowledged) !== 0 && (state & logged) === 0 ? [number] : [],
    );
  }

  /** Everything attempted so far that still may be counted: no more than this can be on a board without a newer event. */
  attempted(): PaneCounts {
    const counts = new PaneCounts(this.tokens);
    for (const [number, state] of this.#state.entries()) {
      const isGivenUp = (state & abandoned) !== 0 && (state & (acknowledged | logged)) === 0;
      if (!isGivenUp) counts.add(this.#token[number] ?? 0, this.#viewedAt[number] ?? 0);
    }
    return counts;
  }

  #push(token: number, viewedAt: number): void {
    this.#token.push(token);
    this.#viewedAt.push(viewedAt);
    this.#state.push(0);
  }

  #mark(number: number, bit: number): boolean {
    const state = this.#state[number] ?? bit;
    this.#state[number] = state | bit;
    return (state & bit) === 0;
  }

  #append(name: string, lines: readonly string[]): void {
    if (this.#folder !== undefined && lines.length > 0)
      appendFileSync(join(this.#folder, name), lines.join(''));
  }

  /** What an earlier run left; what it had not confirmed is never sent again. */
  #load(folder: string): void {
    for (const [, token, viewedAt] of rowsOf(join(folder, 'attempted.tsv')))
      this.#push(Number(token), Number(viewedAt));
    for (const [number] of rowsOf(join(folder, 'acknowledged.tsv'))) {
      this.#mark(Number(number), acknowledged);
      this.#acknowledged += 1;
    }
    this.abandon(this.#state.flatMap((state, number) => (state === 0 ? [number] : [])));
  }
}

function rowsOf(path: string): string[][] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
}
