import { Chance } from '../../src/evaluate/planted/random.ts';
import type { LoggedView } from './stepped-topology.ts';
import { viewOf } from './views.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** Visitors of a token in the minute that begins at `at`, as expected. */
export type RateOf = (token: number, at: number) => number;

export interface Site {
  readonly tokens: readonly string[];
  readonly rateOf: RateOf;
  /** Who a viewer's key makes of them at a time: keys that rotate give them another hash. */
  readonly keyAt?: (at: number) => number;
}

/** Visitors who may come back to a token. */
const population = 5_000;

/** Made-up honest traffic: Poisson visitors, some of whom look twice, most from a network of their own. */
export class SiteTraffic {
  readonly #site: Site;
  readonly #chance: Chance;
  #eventId: number;

  constructor(site: Site, seed: number) {
    this.#site = site;
    this.#chance = new Chance(seed);
    this.#eventId = seed * 10_000_000;
  }

  /** Views of `[from, to)` in the order of time; a visit is over within its minute. */
  *views(from: number, to: number): Generator<LoggedView> {
    for (let at = from; at < to; at += minuteMs)
      yield* this.#minute(at).sort((a, b) => a.timestamp - b.timestamp);
  }

  #minute(at: number): LoggedView[] {
    const { tokens, rateOf } = this.#site;
    return tokens.flatMap((token, index) => {
      const visits = this.#chance.poisson(rateOf(index, at));
      return Array.from({ length: visits }, () => this.#visit(token, at)).flat();
    });
  }

  #visit(token: string, minute: number): LoggedView[] {
    const key = this.#site.keyAt?.(minute) ?? 0;
    const viewer = key * 1_000_000 + 1 + this.#chance.below(population);
    const network = viewer % 5 === 0 ? key * 1_000_000 + (viewer % 200) : viewer;
    const first = minute + this.#chance.below(20_000);
    const looks = this.#chance.unit() < 0.4 ? [first, first + 39_000] : [first];
    return looks.map((at) => {
      this.#eventId += 1;
      return {
        view: viewOf({ token, viewer, network, at, eventId: this.#eventId, ...placeOf(viewer) }),
        timestamp: at,
      };
    });
  }
}

const countries = ['US', 'US', 'CN', 'DE', 'TR', 'BR', 'IN', 'CH', undefined];
const sources = ['web', 'web', 'search', 'api'];

/** Where a visitor is, and comes from. */
function placeOf(viewer: number) {
  const country = countries[viewer % countries.length];
  return { country, source: sources[(viewer >> 4) % sources.length] ?? '' };
}

/** Names of so many tokens, on three chains. */
export function tokenNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${['eth', 'sol', 'base'][i % 3]}:0x${i}`);
}

/** Popularity that falls with the rank, as on most sites: visitors a minute. */
export function popularity(token: number, top: number): number {
  return top / (token + 1);
}
