import type { Random } from '@trending/runtime/random';
import { below, shuffled } from '../random.ts';

/** What is killed, and the services that stand for it. */
export const services = {
  'producer-api': ['producer-api'],
  aggregate: ['aggregate-1', 'aggregate-2'],
  rank: ['rank-1', 'rank-2'],
  sink: ['sink'],
  journey: ['journey'],
  broker: ['kafka', 'kafka-2', 'kafka-3'],
  registry: ['registry'],
  clickhouse: ['clickhouse'],
  gateway: ['push-gateway', 'push-gateway-2'],
} as const;

export type Target = keyof typeof services;
export const targets = Object.keys(services) as Target[];

/** Their end holds up the history in ClickHouse and nothing else: boards do not pass through them. */
export const historyTargets: readonly Target[] = ['sink', 'clickhouse'];

export const kinds = ['sigkill', 'sigstop', 'sigterm'] as const;
export type Kind = (typeof kinds)[number];

export interface PlannedKill {
  readonly index: number;
  /** Kills of one group overlap: the index of its first. Only freezes share one. */
  readonly group: number;
  readonly target: Target;
  readonly service: string;
  readonly kind: Kind;
  /** Load goes on for so long between the end of the group before and this kill, ms. */
  readonly waitMs: number;
}

export interface Plan {
  readonly seed: number;
  readonly kills: number;
  readonly targets: readonly Target[];
  readonly kinds: readonly Kind[];
  /** Of the stack: 1 or 3. */
  readonly brokers: number;
}

type Pair = Pick<PlannedKill, 'target' | 'kind'>;

const waitMs = { least: 1_000, spread: 4_000 };
/** Targets that are frozen at the same time; more would leave nothing that works. */
export const frozenTogetherMax = 3;

/**
 * Every pair of target and kind once in random order, then again in another one, until there are enough. Freezes of one round are put together
 * in groups. A function of the plan alone, and a longer plan begins as a shorter one does.
 */
export function plannedKills(plan: Plan, random: Random): PlannedKill[] {
  const pairs = plan.targets.flatMap((target) => plan.kinds.map((kind) => ({ target, kind })));
  const planned: PlannedKill[] = [];
  while (planned.length < plan.kills) {
    for (const together of round(pairs, random)) {
      const group = planned.length;
      for (const { target, kind } of together) {
        const names = services[target].slice(0, target === 'broker' ? plan.brokers : undefined);
        const service = names[below(random, names.length)] ?? names[0] ?? target;
        const wait = waitMs.least + below(random, waitMs.spread);
        planned.push({ index: planned.length, group, target, service, kind, waitMs: wait });
      }
    }
  }
  return planned.slice(0, plan.kills);
}

/** The pairs in random order, freezes in groups. No target is twice in a group, because a round has each pair once. */
function round(pairs: readonly Pair[], random: Random): Pair[][] {
  const mixed = shuffled(pairs, random);
  const stops = mixed.filter(({ kind }) => kind === 'sigstop');
  const groups = Array.from({ length: Math.ceil(stops.length / frozenTogetherMax) }, (_, at) =>
    stops.slice(at * frozenTogetherMax, (at + 1) * frozenTogetherMax),
  );
  const singles = mixed.filter(({ kind }) => kind !== 'sigstop').map((pair) => [pair]);
  return shuffled([...singles, ...groups], random);
}

/** What is left of a plan, group by group: a run that was stopped inside a group goes on with the rest of it. */
export function groupsLeft(
  planned: readonly PlannedKill[],
  done: ReadonlySet<number>,
): PlannedKill[][] {
  const left = planned.filter(({ index }) => !done.has(index));
  return [...Map.groupBy(left, ({ group }) => group).values()];
}
