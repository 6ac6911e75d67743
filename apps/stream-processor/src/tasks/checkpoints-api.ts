/** What benchmarks and simulations drive without the role around it. */
export type { AggregateState } from '../state/aggregate-state.ts';
export { CategoryTable } from '../state/category-table.ts';
export { createAggregateMetrics } from './aggregate-metrics.ts';
export type { AggregateTask } from './aggregate-task.ts';
export { Checkpoints } from './checkpoints.ts';
export { SightingsLog } from './sightings-log.ts';
