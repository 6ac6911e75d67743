import { createInMemoryLog, type InMemoryLog, inMemorySerde } from '@trending/kafka/testing';
import { type TokenMetadata, topics } from '@trending/schemas';
import { hourOfWeek } from '../../src/domain/week-hours.ts';
import { rhythmHours } from '../../src/domain/week-rhythm.ts';
import type { HourRange, RhythmPorts, RhythmSource } from '../../src/tasks/rhythm-ports.ts';

export const serde = inMemorySerde<TokenMetadata>(topics.metadata);
const topic = topics.metadata.name;

/** Sunday, 20:00. */
export const peakHour = 6 * 24 + 20;

/** Views an hour: as many as ever, and so many times that in one hour of the week. */
export const peaking =
  (views: number, times: number, slot = peakHour) =>
  (hour: number) =>
    views * (hourOfWeek(hour) === slot ? times : 1);

/** The roll-up as a list of tokens, by their views in an hour since the epoch; beside them the site has a hundred thousand. */
export class FakeRollup implements RhythmSource {
  tokens: Readonly<Record<string, (hour: number) => number>> = {};
  /** Hours that the site is there. */
  siteHours = rhythmHours;
  /** Called at every question: throws while ClickHouse is away. */
  asked: (what: string, signal: AbortSignal) => Promise<void> | void = () => undefined;
  isClosed = false;

  async siteViews(range: HourRange, signal: AbortSignal): Promise<Float64Array> {
    await this.asked('site', signal);
    const own = Object.keys(this.tokens).map((token) => this.#viewsOf(token, range));
    const from = range.hours - this.siteHours;
    return Float64Array.from({ length: range.hours }, (_, at) =>
      at < from ? 0 : own.reduce((sum, views) => sum + (views[at] as number), 100_000),
    );
  }

  async regularTokens(_range: HourRange, signal: AbortSignal): Promise<readonly string[]> {
    await this.asked('tokens', signal);
    return Object.keys(this.tokens);
  }

  async viewsOf(tokens: readonly string[], range: HourRange, signal: AbortSignal) {
    await this.asked(`views of ${tokens.length}`, signal);
    return new Map(tokens.map((token) => [token, this.#viewsOf(token, range)]));
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  #viewsOf(token: string, { firstHour, hours }: HourRange): Float64Array {
    return Float64Array.from(
      { length: hours },
      (_, at) => this.tokens[token]?.(firstHour + at) ?? 0,
    );
  }
}

/** A metadata topic and a roll-up. */
export function rhythmWorld() {
  const spec = { name: topic, partitions: 1, config: { 'cleanup.policy': 'compact' } };
  const log: InMemoryLog = createInMemoryLog({ topics: [spec] });
  const source = new FakeRollup();
  const ports: RhythmPorts = { log, source, metadataTopic: topic, metadata: serde };
  return { log, source, ports };
}

/** Key of each record of the metadata topic, and the index of the peak hour; null for a tombstone. */
export function told(log: InMemoryLog): (readonly [string, number | null])[] {
  return log.records(topic).map(({ key, value }) => {
    const decoded = value === null ? undefined : serde.decode(value);
    const week = decoded?.ok ? decoded.value.week : undefined;
    return [String(key), week?.indexMicro[peakHour] ?? null];
  });
}
