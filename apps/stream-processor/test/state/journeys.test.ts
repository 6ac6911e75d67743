import { describe, expect, test } from 'vitest';
import { dayOf, journey } from '../../src/domain/journey.ts';
import { tokenHashOf } from '../../src/domain/token-hash.ts';
import { levelOf } from '../../src/domain/window-level.ts';
import { LooseJourneys } from '../../src/state/loose-journeys.ts';
import { ViewCountStore } from '../../src/state/view-count-store.ts';
import { hour } from '../support/log-fixtures.ts';
import { bytesOf, viewOf } from '../support/views.ts';

const token = 'eth:0xa';
const midnight = 1_700_006_400_000;
const none = new Uint8Array(0);

function storeAt(at: number): ViewCountStore {
  return new ViewCountStore(at, { categoriesOf: () => [] });
}

/** Viewer 1 had been at another token, as was found out then. */
function cameAt(store: ViewCountStore, at: number): void {
  store.applyJourneys({
    tokenHash: tokenHashOf(token),
    day: dayOf(at),
    came: bytesOf(1, 8),
    went: none,
  });
}

function shown(store: ViewCountStore): number | undefined {
  return store.featuresOf(levelOf('24h'), token)?.came[0];
}

describe('what is known of a viewer', () => {
  test('waits for its view, if it comes first', () => {
    const store = storeAt(midnight);
    cameAt(store, midnight);
    store.add(viewOf({ token, at: midnight }));
    expect(shown(store)).toBe(1);
  });

  test('counts on its day and the day after', () => {
    const store = storeAt(midnight);
    const [last, next, end] = [23, 47, 48].map((hours) => midnight + hours * hour);
    store.add(viewOf({ token, at: midnight + 22 * hour }));
    cameAt(store, midnight);
    for (const at of [last, next] as number[]) {
      store.add(viewOf({ token, at }));
      store.advance(at);
      expect(shown(store)).toBe(1);
    }
    store.advance(end as number);
    expect(shown(store)).toBe(0);
  });

  test('is there again when the viewer had left the longest window and comes back', () => {
    const store = storeAt(midnight);
    store.add(viewOf({ token, at: midnight + 10 * hour }));
    cameAt(store, midnight + 33 * hour);
    store.advance(midnight + 36 * hour);
    expect(store.sizes().viewers).toBe(0);
    store.add(viewOf({ token, at: midnight + 36 * hour }));
    expect(shown(store)).toBe(1);
  });

  test('is refused where too many have no row, and counted; those that are there learn more', () => {
    const loose = new LooseJourneys(2);
    const pair = (viewerLow: number) => ({ tokenHash: 1, viewerHigh: 2, viewerLow });
    for (const viewer of [1, 2, 3]) loose.add(pair(viewer), journey.came);
    loose.add(pair(2), journey.went);
    expect([1, 2, 3].map((viewer) => loose.bitsOf(pair(viewer)))).toEqual([1, 3, 0]);
    expect([loose.size(), loose.refused]).toEqual([2, 1]);
    expect(loose.aDayLater().refused).toBe(1);
  });
});
