import { fullWeightMicro } from '../../domain/counting-rules.ts';
import type { ViewEvent } from '../view-event.ts';
import { type Attack, type AttackKind, attackKinds } from './attacks.ts';
import { Chance } from './random.ts';

/** A rise of one token beyond its usual traffic; times in minutes. */
export interface Trend {
  readonly token: number;
  readonly start: number;
  readonly hold: number;
  /** Extra visitors a minute at the top. */
  readonly peak: number;
  /** Nearly all of its visitors are new. */
  readonly viral: boolean;
}

export interface WorldSettings {
  readonly seed: number;
  readonly tokens: number;
  readonly days: number;
  /** Trends and attacks begin in the days from this one on. */
  readonly judgedFrom: number;
  readonly trends: number;
  /** Of each kind. */
  readonly attacks: number;
  /** One client looks at each of the most popular tokens again and again, from the judged days on. */
  readonly flooder?: boolean;
}

const minuteMs = 60_000;
/** Somebody who comes back as often as counts. */
const repeatMs = 31_000;
const floodedTokens = 600;
const dayMinutes = 1_440;
const startedAt = Date.UTC(2026, 0, 5);
const rampMinutes = 15;
const halfLifeMinutes = 45;
const noiseMinutes = 20;
const sharedNetworks = 200;
const population = 60_000;

/**
 * A site with Zipf popularity, a daily wave with a phase of each token's own, noise that lasts, visits of several views, returning
 * visitors and shared networks, in which trends and attacks are planted at random.
 */
export class World {
  readonly settings: WorldSettings;
  readonly trends: readonly Trend[];
  readonly attacks: readonly Attack[];
  readonly #chance: Chance;
  readonly #phases: readonly number[];
  readonly #noise: Float64Array;
  #serial = 0;

  constructor(settings: WorldSettings) {
    this.settings = settings;
    const chance = new Chance(settings.seed);
    this.#chance = chance;
    this.#phases = Array.from({ length: settings.tokens }, () => chance.below(dayMinutes));
    this.#noise = new Float64Array(settings.tokens).fill(1);
    const start = () =>
      Math.floor(
        (settings.judgedFrom + chance.unit() * (settings.days - settings.judgedFrom)) * dayMinutes,
      );
    this.trends = Array.from({ length: settings.trends }, () => {
      const token = chance.below(settings.tokens);
      const burst = Math.exp(Math.log(5) + 0.6 * chance.normal());
      const peak = Math.max(0.7, this.#base(token) * burst);
      return {
        token,
        start: start(),
        hold: 30 + chance.below(61),
        peak,
        viral: chance.unit() < 0.3,
      };
    });
    const kinds = Object.keys(attackKinds) as AttackKind[];
    this.attacks = kinds.flatMap((kind) =>
      Array.from({ length: settings.attacks }, () => {
        const token = Math.floor(settings.tokens * (0.2 + 0.8 * chance.unit()));
        return { token, start: start(), length: 120, kind };
      }),
    );
  }

  nameOf(token: number): string {
    return `${['eth', 'sol', 'base'][token % 3]}:t${token}`;
  }

  /** ms */
  timeOf(minute: number): number {
    return startedAt + minute * minuteMs;
  }

  minuteOf(time: number): number {
    return (time - startedAt) / minuteMs;
  }

  /** Usual visitors of a token in the hour before `minute`. */
  usual(token: number, minute: number): number {
    let sum = 0;
    for (let back = 5; back <= 60; back += 5)
      sum += 5 * this.#base(token) * this.#wave(token, minute - back);
    return sum;
  }

  /** Expected extra visitors of a trend in the hour before `minute`. */
  excess(trend: Trend, minute: number): number {
    let sum = 0;
    for (let back = 1; back <= 60; back += 1) sum += riseOf(trend, minute - back);
    return sum;
  }

  /** All views in order of time. */
  *views(): Generator<ViewEvent> {
    for (let minute = 0; minute < this.settings.days * dayMinutes; minute += 1) {
      if (minute % noiseMinutes === 0) this.#stir();
      yield* this.#viewsOf(minute).sort((a, b) => a.timestamp - b.timestamp);
    }
  }

  #viewsOf(minute: number): ViewEvent[] {
    const events: ViewEvent[] = [];
    for (const [token, noise] of this.#noise.entries()) {
      const rate = this.#base(token) * this.#wave(token, minute) * noise;
      this.#visits(events, { token, minute, count: this.#chance.poisson(rate), fresh: 0.2 });
    }
    for (const trend of this.trends) {
      const count = this.#chance.poisson(riseOf(trend, minute));
      this.#visits(events, { token: trend.token, minute, count, fresh: trend.viral ? 0.95 : 0.3 });
    }
    const isOn = ({ start, length }: Attack) => minute >= start && minute < start + length;
    for (const attack of this.attacks.filter(isOn)) this.#attack(events, attack, minute);
    this.#flood(events, minute);
    return events;
  }

  #base(token: number): number {
    return 50 / (token + 1) ** 1.05;
  }

  #wave(token: number, minute: number): number {
    const turn = (minute + (this.#phases[token] ?? 0) * 0.15) / dayMinutes;
    return 1 + 0.5 * Math.sin(2 * Math.PI * turn);
  }

  #stir(): void {
    for (let token = 0; token < this.#noise.length; token += 1)
      this.#noise[token] =
        0.7 * (this.#noise[token] as number) + 0.3 * this.#chance.gamma(1 / 0.15);
  }

  #visits(
    events: ViewEvent[],
    visit: {
      readonly token: number;
      readonly minute: number;
      readonly count: number;
      readonly fresh: number;
    },
  ): void {
    for (let i = 0; i < visit.count; i += 1) {
      const isNew = this.#chance.unit() < visit.fresh;
      const viewer = isNew ? population + this.#next() : this.#chance.below(population);
      // One in five comes through a network that many share; which, stays with the viewer.
      const network = viewer % 5 === 0 ? viewer % sharedNetworks : sharedNetworks + viewer;
      const start = this.timeOf(visit.minute) + this.#chance.below(minuteMs);
      const views = 1 + this.#chance.poisson(0.6);
      for (let view = 0; view < views; view += 1)
        events.push(
          this.#event({ token: visit.token, viewer, network, at: start + view * repeatMs }),
        );
    }
  }

  #attack(events: ViewEvent[], { token, kind }: Attack, minute: number): void {
    const { perMinute, networks, viewers } = attackKinds[kind];
    for (let i = 0; i < perMinute; i += 1) {
      const viewer = 0x4000_0000 + (viewers === 0 ? this.#next() : token);
      const network =
        0x4000_0000 + token * 64 + (networks === 0 ? this.#next() * 1_000_003 : i % networks);
      const spread = networks === 30 ? this.#chance.below(30) : 0;
      const at = this.timeOf(minute) + Math.floor((i * minuteMs) / perMinute);
      events.push(this.#event({ token, viewer, network: network + spread, at }));
    }
    if ('repeats' in attackKinds[kind])
      this.#repeat(events, minute, { token, viewer: 0x2000_0000 + token });
  }

  #flood(events: ViewEvent[], minute: number): void {
    const { flooder = false, judgedFrom, tokens } = this.settings;
    if (!flooder || minute < judgedFrom * dayMinutes) return;
    for (let token = 0; token < Math.min(floodedTokens, tokens); token += 1)
      this.#repeat(events, minute, { token, viewer: 0x2fff_ffff });
  }

  /** One viewer looks at a token every 31 seconds. */
  #repeat(events: ViewEvent[], minute: number, seen: { token: number; viewer: number }): void {
    const from = this.timeOf(minute);
    for (let at = Math.ceil(from / repeatMs) * repeatMs; at < from + minuteMs; at += repeatMs)
      events.push(this.#event({ ...seen, network: seen.viewer, at }));
  }

  #next(): number {
    this.#serial += 1;
    return this.#serial;
  }

  #event(seen: {
    readonly token: number;
    readonly viewer: number;
    readonly network: number;
    readonly at: number;
  }): ViewEvent {
    const token = this.nameOf(seen.token);
    const eventId = Buffer.alloc(16);
    for (let i = 0; i < 16; i += 4) eventId.writeUInt32LE(this.#chance.word(), i);
    const view = {
      eventId,
      chain: token.slice(0, token.indexOf(':')),
      token,
      viewer: wordsOf(seen.viewer),
      network: wordsOf(seen.network + 0x1_0000_0000),
      viewedAt: seen.at,
      receivedAt: seen.at,
      source: 'web',
      country: null,
      weightMicro: fullWeightMicro,
      flags: 0,
    };
    return { view, timestamp: seen.at };
  }
}

function riseOf({ start, hold, peak }: Trend, minute: number): number {
  const age = minute - start;
  if (age < 0) return 0;
  if (age < rampMinutes) return (peak * age) / rampMinutes;
  const decay = age - rampMinutes - hold;
  return decay <= 0 ? peak : peak * 0.5 ** (decay / halfLifeMinutes);
}

/** A number as the eight bytes of a hash. */
function wordsOf(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE((Math.imul(value | 0, 0x9e3779b1) ^ (value >>> 15)) >>> 0, 0);
  bytes.writeUInt32LE(value >>> 0, 4);
  return bytes;
}
