import { expect, test } from 'vitest';
import { dayOf } from '../../src/domain/journey.ts';
import { levelOf } from '../../src/domain/window-level.ts';
import { JourneyLoop } from '../../src/state/journey-loop.ts';
import { start, stateFrom } from '../support/log-fixtures.ts';
import { viewOf } from '../support/views.ts';

test('viewers are followed in the order in which they were seen, whichever state saw them and was asked first', () => {
  const [here, there] = [stateFrom(0, start), stateFrom(0, start)];
  const loop = new JourneyLoop([here, there]);
  here.store.add(viewOf({ token: 'eth:0xb', viewer: 7, at: start + 60_000 }));
  there.store.add(viewOf({ token: 'eth:0xa', viewer: 7, at: start }));
  loop.turn(dayOf(start));
  const shown = ({ store }: typeof here, token: string) => {
    const { came, went } = store.featuresOf(levelOf('24h'), token) ?? {};
    return [came?.[0], went?.[0]];
  };
  expect(shown(there, 'eth:0xa')).toEqual([0, 1]);
  expect(shown(here, 'eth:0xb')).toEqual([1, 0]);
});
