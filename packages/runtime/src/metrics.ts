import { collectDefaultMetrics, Registry } from 'prom-client';

export { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** How often the delay of the event loop is sampled: every sample wakes an idle process. */
const loopSampleMs = 100;

/** One registry per process, with Node's own metrics. Metric names: `trending_<noun>_<unit|total>`. */
export function createMetrics(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: loopSampleMs });
  return registry;
}
