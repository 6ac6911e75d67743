import type { Random } from '@trending/runtime/random';
import { below, shuffled } from '../random.ts';

/** What is killed, and the services that stand for it. */
export const services = {
  'producer-api': ['producer-api'],
  aggregate: ['aggregate-1', 'aggregate-2'],
  rank: ['rank-1', 'rank-2'],
  sink: ['sink'],
  broker: ['kafka'],
  registry: ['registry'],
  clickhouse: ['clickhouse'],
  gateway: ['push-gateway'],
} as const;

export type Target = keyof typeof services;
export const targets = Object.keys(services) as Target[];

export const kinds = ['sigkill', 'sigstop', 'sigterm'] as const;
export type Kind = (typeof kinds)[number];

export interface PlannedKill {
  readonly index: number;
  readonly target: Target;
  readonly service: string;
  readonly kind: Kind;
  /** Load goes on for so long before it, ms. */
  readonly waitMs: number;
}

export interface Plan {
  readonly seed: number;
  readonly kills: number;
  readonly targets: readonly Target[];
  readonly kinds: readonly Kind[];
}

const waitMs = { least: 1_000, spread: 4_000 };

/** Every pair of target and kind once in random order, then again in another one, until there are enough. A function of the plan alone. */
export function plannedKills(plan: Plan, random: Random): PlannedKill[] {
  const pairs = plan.targets.flatMap((target) => plan.kinds.map((kind) => ({ target, kind })));
  const planned: PlannedKill[] = [];
  while (planned.length < plan.kills) {
    for (const { target, kind } of shuffled(pairs, random)) {
      const names = services[target];
      const service = names[below(random, names.length)] ?? names[0];
      const wait = waitMs.least + below(random, waitMs.spread);
      planned.push({ index: planned.length, target, service, kind, waitMs: wait });
    }
  }
  return planned.slice(0, plan.kills);
}
