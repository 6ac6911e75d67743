import { roleNames } from '../../preflight/index.mjs';
import type { ServiceName, ServiceSpec } from '../services/spec.ts';
import { ManagedService, type ServiceHooks } from './managed-service.ts';

export interface Supervisor {
  readonly services: ReadonlyMap<ServiceName, ManagedService>;
  /** Starts everything as early as its needs allow. @throws the first failure; the rest is for `stop`. */
  start(): Promise<void>;
  /** Ends everything, dependants first. Never throws; callable twice. */
  stop(): Promise<void>;
}

/** Runs a set of services in the order of their needs. */
export function createSupervisor(specs: readonly ServiceSpec[], hooks: ServiceHooks): Supervisor {
  const services = new Map(specs.map((spec) => [spec.name, new ManagedService(spec, hooks)]));
  let isStopping = false;
  let stopping: Promise<void> | undefined;
  return {
    services,
    async start() {
      const started = new Map<ServiceName, Promise<void>>();
      for (const service of inOrder(services)) {
        const needs = service.spec.needs.map((name) => started.get(name) ?? Promise.resolve());
        const start = Promise.all(needs).then(() => (isStopping ? undefined : service.start()));
        start.catch(() => undefined);
        started.set(service.spec.name, start);
      }
      await Promise.all(started.values());
    },
    stop() {
      isStopping = true;
      stopping ??= stopInWaves(services);
      return stopping;
    },
  };
}

type Services = ReadonlyMap<ServiceName, ManagedService>;

/** Needs before those that need them. @throws Error when a need is unknown or part of a circle. */
function inOrder(services: Services): ManagedService[] {
  const ordered: ManagedService[] = [];
  const names = new Set<ServiceName>();
  while (ordered.length < services.size) {
    const next = [...services.values()].find(
      ({ spec }) => !names.has(spec.name) && spec.needs.every((need) => names.has(need)),
    );
    if (next === undefined) throw new Error('the needs of the services cannot be met');
    names.add(next.spec.name);
    ordered.push(next);
  }
  return ordered;
}

/** Apps outlive the traffic into them, and what they flush to outlives them. */
const waves: readonly ReadonlySet<ServiceName>[] = [
  new Set(['demo-traffic']),
  new Set([
    ...(['provision', 'page', 'producer-api', 'stream-processor'] as const),
    ...roleNames,
    ...(['push-gateway', 'push-gateway-2'] as const),
  ]),
  new Set(['kafka', 'kafka-2', 'kafka-3', 'registry', 'clickhouse']),
];

/** Each wave takes at most its longest stop grace; together they stay below 10 s. */
async function stopInWaves(services: Services): Promise<void> {
  for (const wave of waves) {
    const members = [...services.values()].filter(({ spec }) => wave.has(spec.name));
    await Promise.all(members.map((service) => service.stop()));
  }
}
