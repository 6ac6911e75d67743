import type { Serde } from '@trending/kafka';
import { AppError } from '@trending/runtime';
import { until } from '@trending/runtime/testing';
import { expect, test } from 'vitest';
import { candidateSets, rankWorld } from '../support/rank-world.ts';
import { set, shown, untilShown } from '../support/shown-boards.ts';

/** Its schema is known only once the registry has answered. */
function serdeBehind<T>(serde: Serde<T>) {
  const registry = { isAway: true, refusals: 0 };
  let isKnown = false;
  const behind: Serde<T> = {
    ...serde,
    decode: (bytes) => (isKnown ? serde.decode(bytes) : undefined),
    async resolve() {
      if (registry.isAway) {
        registry.refusals += 1;
        throw new AppError({ code: 'REGISTRY_UNAVAILABLE', message: 'away', retriable: true });
      }
      isKnown = true;
    },
  };
  return { serde: behind, registry };
}

test.each(['a set', 'taking over'])(
  'a ranker waits with %s for the registry to tell a schema that nobody knew, and does not end',
  async (what) => {
    const world = rankWorld(1);
    const { serde, registry } = serdeBehind(candidateSets);
    const { role, crashes } = world.role(serde);
    if (what === 'a set') await role.start();
    await world.send(set(10));
    const started = what === 'a set' ? undefined : role.start();
    await until({ timeoutMs: 2_000, what: 'refusals' }, () =>
      registry.refusals >= 3 ? true : undefined,
    );
    expect([shown(world), crashes]).toEqual([[], []]);
    registry.isAway = false;
    await untilShown(world, 10);
    await started;
    await role.stop();
    expect(crashes).toEqual([]);
  },
);
