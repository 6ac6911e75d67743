import { type ProducedRecord, partitionOf } from '@trending/kafka';
import { inMemorySerde } from '@trending/kafka/testing';
import { isRetriable } from '@trending/runtime/errors';
import { type TokenView, topics, viewFlags } from '@trending/schemas';
import type { SimulatedLog } from './simulated-log.ts';
import type { Surroundings } from './surroundings.ts';
import { someToken, tokenOf } from './tokens.ts';

export const viewSerde = inMemorySerde<TokenView>(topics.views);
const minute = 60_000;
/** A publisher gives up an event id before the service may have forgotten it. */
const retryMs = 8 * minute;
/** One in so many viewers never goes on to another token. */
const stayerEvery = 4;

interface Given {
  readonly id: number;
  readonly view: TokenView;
  readonly firstSentAt: number;
  /** Instead of the token. */
  readonly key?: string;
  /** Instead of the view. */
  readonly bytes?: Uint8Array;
}

interface Visit {
  readonly token: string;
  /** Number of the viewer. */
  readonly who: number;
}

/** Publishes views in batches per partition and repeats what was not acknowledged, by event id. */
export class Publisher {
  readonly #world: Surroundings;
  readonly #log: SimulatedLog;
  readonly #recent: Given[] = [];
  /** A view that somebody sends again and again, for hours. */
  #echo: Given | undefined;
  readonly #viewers: number;
  /** By key, of which there are few. */
  readonly #partitions = new Map<string, number>();

  constructor(world: Surroundings, log: SimulatedLog) {
    this.#world = world;
    this.#log = log;
    this.#viewers = world.random.between(6, 40);
  }

  /** Some more views, of any partition. */
  publish(): void {
    const { random } = this.#world;
    const byPartition = new Map<number, Given[]>();
    for (let left = random.between(1, 24); left > 0; left -= 1) {
      const given = this.#next();
      const partition = this.#partitionOf(given.key ?? given.view.token);
      const batch = byPartition.get(partition);
      if (batch === undefined) byPartition.set(partition, [given]);
      else batch.push(given);
    }
    for (const [partition, batch] of byPartition) void this.#send(partition, batch);
  }

  #partitionOf(key: string): number {
    const known = this.#partitions.get(key) ?? partitionOf(key, this.#world.partitions);
    this.#partitions.set(key, known);
    return known;
  }

  async #send(partition: number, batch: readonly Given[]): Promise<void> {
    const { world } = { world: this.#world };
    const now = world.scheduler.now();
    const due = batch.filter(({ firstSentAt }) => now - firstSentAt < retryMs);
    if (due.length === 0) return;
    const target = { topic: topics.views.name, partition };
    try {
      await this.#log.append(
        target,
        due.map((given) => recordOf(given, now)),
      );
      for (const { id, bytes } of due) if (bytes === undefined) world.acknowledged.add(id);
    } catch (error) {
      if (!isRetriable(error)) throw error;
      setTimeout(() => void this.#send(partition, due), world.random.between(50, 3_000));
    }
  }

  #next(): Given {
    const { random, scheduler } = this.#world;
    const now = scheduler.now();
    const again = this.#recent[random.below(40)];
    if (again !== undefined && random.chance(0.08) && now - again.firstSentAt < 2 * minute)
      return again;
    if (random.chance(0.06)) return this.#echoed(now);
    return this.#fresh(now);
  }

  #echoed(now: number): Given {
    if (this.#echo === undefined || this.#world.random.chance(0.03)) this.#echo = this.#fresh(now);
    return { ...this.#echo, firstSentAt: now };
  }

  #fresh(now: number): Given {
    const { random } = this.#world;
    const who = random.between(1, this.#viewers);
    // Most go on from token to token, some stay where they are.
    const token = who % stayerEvery === 0 ? tokenOf(who / stayerEvery, random) : someToken(random);
    const id = this.#world.nextEventId();
    const given: Given = {
      id,
      view: this.#viewOf({ token, who }, id, now),
      firstSentAt: now,
      ...this.#spoilt(token),
    };
    this.#recent.unshift(given);
    this.#recent.length = Math.min(this.#recent.length, 40);
    return given;
  }

  /** A few records are no views, or have a key that is not the token's. */
  #spoilt(token: string): { readonly key?: string; readonly bytes?: Uint8Array } {
    const { random } = this.#world;
    if (random.chance(0.02)) return { bytes: Uint8Array.of(9, 9, 9) };
    if (random.chance(0.015)) return { key: token.toUpperCase() };
    return {};
  }

  #viewOf({ token, who }: Visit, id: number, now: number): TokenView {
    const { random } = this.#world;
    const viewer = numbered(8, who);
    return {
      eventId: numbered(16, id),
      chain: token.slice(0, 3),
      token,
      viewer,
      network: viewer,
      viewedAt: now - this.#age(),
      receivedAt: now,
      source: id % 3 === 0 ? 'web' : 'sim',
      partnerId: null,
      country: [null, 'CH', 'DE', 'US'][who % 4] ?? null,
      device: null,
      dwellMs: null,
      weightMicro: 1_000_000,
      flags: random.chance(0.05) ? viewFlags.robot : 0,
    };
  }

  #age(): number {
    const { random } = this.#world;
    const dice = random.below(100);
    if (dice < 80) return random.below(3_000);
    if (dice < 92) return random.below(2 * minute);
    if (dice < 97) return random.below(26 * 60 * minute);
    return dice < 99 ? -random.below(50_000) : -random.between(61_000, 200_000);
  }
}

function recordOf({ view, key, bytes }: Given, now: number): ProducedRecord {
  const value = bytes ?? viewSerde.encode({ ...view, receivedAt: now });
  return { key: key ?? view.token, value, timestamp: now };
}

export function numbered(length: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(length);
  bytes.writeUInt32BE(value, length - 4);
  bytes.writeUInt32BE(Math.imul(value, 0x9e3779b1) >>> 0, 0);
  return bytes;
}
