import { wordAt } from '../../apps/stream-processor/src/domain/hash.ts';
import { journey, kindOfJourney } from '../../apps/stream-processor/src/domain/journey.ts';
import { longestLevel } from '../../apps/stream-processor/src/domain/window-level.ts';
import { Wrong } from './failure.ts';
import type { NaivePartition } from './oracle.ts';
import type { World } from './world.ts';

/** Whatever was viewed since is of today or of the day before, for every clock and at every moment since. */
const recentMs = 20 * 60 * 60_000;

interface NaiveTraveller {
  /** Where it was, and in which partition they are. */
  readonly tokens: Map<string, number>;
  oldestView: number;
}

/**
 * Whoever viewed several tokens is known to all but the first as one that came; whoever viewed one is known to none. Who went on when, the facts
 * say (`set-checks.ts`). @throws Wrong
 */
export function checkJourneys(world: World, naive: readonly NaivePartition[]): void {
  const recent = world.scheduler.now() - recentMs;
  for (const [viewer, { tokens, oldestView }] of travellersOf(naive)) {
    const isTraveller = tokens.size > 1;
    if (isTraveller && oldestView < recent) continue;
    const kinds = [...tokens].map(([token, partition]) =>
      kindAt(world, { partition, token, viewer }),
    );
    const came = kinds.filter((kind) => (kind & journey.came) !== 0).length;
    const isRight = isTraveller
      ? came >= tokens.size - 1
      : kinds.every((kind) => kind === journey.none);
    if (!isRight) throw new Wrong(`viewer ${viewer} came to ${came} of ${tokens.size} tokens`);
  }
}

function travellersOf(naive: readonly NaivePartition[]): ReadonlyMap<string, NaiveTraveller> {
  const travellers = new Map<string, NaiveTraveller>();
  for (const [partition, { views }] of naive.entries())
    for (const { class: kind, view, viewer } of views) {
      if (view === undefined || (kind !== 'counted' && kind !== 'late-kept')) continue;
      const known = travellers.get(viewer) ?? {
        tokens: new Map<string, number>(),
        oldestView: view.viewedAt,
      };
      known.tokens.set(view.token, partition);
      known.oldestView = Math.min(known.oldestView, view.viewedAt);
      travellers.set(viewer, known);
    }
  return travellers;
}

/** What the owner knows of the viewer, if the token's longest window has it. */
function kindAt(
  world: World,
  { partition, token, viewer }: { partition: number; token: string; viewer: string },
) {
  const [task] = world.ownersOf(partition);
  if (task === undefined) throw new Wrong(`partition ${partition} has no owner`);
  const { tokens, viewers } = task.state.store.columns;
  const words = Buffer.from(viewer, 'hex');
  const [viewerHigh, viewerLow] = [wordAt(words, 0), wordAt(words, 4)];
  const entry = viewers.find({ token: tokens.idOf(token), viewerHigh, viewerLow });
  const isThere = entry !== 0 && viewers.isMember(entry, 1 << longestLevel.index);
  return isThere ? kindOfJourney(viewers.journeysOf(entry)) : journey.none;
}
