import { describe, expect, test } from 'vitest';
import { dayOf } from '../../src/domain/journey.ts';
import { levelOf } from '../../src/domain/window-level.ts';
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
  store.applyJourneys({ token, day: dayOf(at), came: bytesOf(1, 8), went: none });
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
});
