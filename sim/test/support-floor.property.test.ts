import { partitionOf } from '@trending/kafka';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { levelOf } from '../../apps/stream-processor/src/domain/window-level.ts';
import { ViewCountStore } from '../../apps/stream-processor/src/state/view-count-store.ts';
import { numbered } from '../src/publisher.ts';

const asOf = 1_700_000_000_000;
const partitions = 2;
/** More than a partition ships for their views alone, of which quiet tokens are none. */
const crowded = 520;
const leastVisitors = 4;

/** Visitors by token; each views once, on a network of its own. */
const sites = fc
  .tuple(
    fc.array(fc.integer({ min: 7, max: 12 }), { minLength: crowded, maxLength: crowded }),
    fc.array(fc.integer({ min: 2, max: 6 }), { minLength: 1, maxLength: 40 }),
  )
  .map(([crowds, quiet]) => [...crowds, ...quiet].map((visitors, i) => [`eth:${i}`, visitors]));

test('a token that reaches the floor of the whole site is shipped by its partition, however many there have more views', () => {
  fc.assert(
    fc.property(sites as fc.Arbitrary<[string, number][]>, (site) => {
      const total = site.reduce((sum, [, visitors]) => sum + visitors, 0);
      const mayRank = site.filter(
        ([, visitors]) => visitors >= leastVisitors && visitors / total >= 3 / 10_000,
      );
      const shipped = shippedOf(site);
      expect(mayRank.filter(([token]) => !shipped.has(token))).toEqual([]);
    }),
    { numRuns: 10 },
  );
});

function shippedOf(site: readonly [string, number][]): Set<string> {
  const stores = Array.from(
    { length: partitions },
    () => new ViewCountStore(asOf, { categoriesOf: () => [] }),
  );
  let visitor = 0;
  for (const [token, visitors] of site)
    for (let left = visitors; left > 0; left -= 1) {
      visitor += 1;
      const who = numbered(8, visitor);
      const view = { token, viewer: who, network: who, viewedAt: asOf, weightMicro: 1_000_000 };
      stores[partitionOf(token, partitions)]?.add(view);
    }
  const level = levelOf('5m');
  return new Set(stores.flatMap((store) => store.candidates(level).map(({ token }) => token)));
}
