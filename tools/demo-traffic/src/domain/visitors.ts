import type { Random } from '@trending/runtime/random';
import { pick } from './random.ts';

/** Who looks: opaque ids, as a backend that knows its visitors would send them. */
export interface Visitor {
  readonly viewer: string;
  readonly network: string;
  readonly country: string;
  readonly device: string;
  readonly source: string;
}

const population = 40_000;
const sharedNetworks = 200;
const countries = [
  'US',
  'US',
  'DE',
  'GB',
  'IN',
  'BR',
  'VN',
  'NG',
  'TR',
  'KR',
  'JP',
  'FR',
  'ID',
  'UA',
  'PH',
];
const devices = ['mobile', 'mobile', 'mobile', 'desktop', 'desktop', 'tablet'];
const sources = ['web', 'web', 'search', 'trending_list', 'social', 'partner'];

/** A visitor of the population. Everything about a person follows from the number, but for where the click came from. */
export function visitorOf(random: Random): Visitor {
  const number = Math.floor(random() * population);
  const isShared = number % 5 === 0;
  return {
    viewer: `visitor-${number}`,
    network: isShared ? `carrier-${number % sharedNetworks}` : `home-${number}`,
    country: countries[number % countries.length] ?? 'US',
    device: devices[number % devices.length] ?? 'mobile',
    source: pick(random, sources),
  };
}

/** The crude bot: one machine, one network, a clockwork. */
export const crudeBot: Visitor = {
  viewer: 'bot-1',
  network: 'bot-network',
  country: 'US',
  device: 'desktop',
  source: 'web',
};
