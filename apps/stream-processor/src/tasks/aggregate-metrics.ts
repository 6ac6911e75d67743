import { Counter, Gauge, Histogram, type Registry } from '@trending/runtime';
import type { AggregateTask } from './aggregate-task.ts';

export interface AggregateMetrics {
  readonly deadLetters: Counter<'reason'>;
  readonly emitted: Counter<'window'>;
  readonly emissionSeconds: Histogram;
  readonly checkpointBytes: Counter<'kind'>;
  readonly restoreSeconds: Histogram;
}

type Labelled = readonly [labels: Record<string, string>, value: number];

/** Metrics of the aggregate role; counts are read from the tasks when they are asked for. */
export function createAggregateMetrics(
  registry: Registry,
  tasks: () => Iterable<AggregateTask>,
): AggregateMetrics {
  const registers = [registry];
  const gauge = (name: string, help: string, read: (task: AggregateTask) => Labelled[]) =>
    new Gauge({
      name,
      help,
      labelNames: ['partition', 'class'],
      registers,
      collect() {
        this.reset();
        for (const task of tasks())
          for (const [labels, value] of read(task))
            this.set({ partition: String(task.partition), ...labels }, value);
      },
    });
  gauge('trending_views_folded', 'Records by their one fate, since counting began', (task) =>
    Object.entries(task.state.counts).map(([name, value]) => [{ class: name }, value]),
  );
  gauge('trending_views_residual', 'Records without a fate; anything but 0 is a defect', (task) => [
    [{}, task.state.counts.residual()],
  ]);
  const unaccepted =
    'Records of the log since counting began that were not accepted once; anything but 0 is a defect';
  gauge('trending_views_unaccepted', unaccepted, (task) => [[{}, task.state.unaccepted()]]);
  gauge('trending_store_rows', 'Rows of the counting state', (task) =>
    Object.entries(task.state.store.sizes()).map(([name, value]) => [{ class: name }, value]),
  );
  gauge('trending_aggregate_position', 'Next offset to fold', (task) => [[{}, task.position]]);
  return {
    deadLetters: new Counter({
      name: 'trending_dead_letters_total',
      help: 'Records sent to the dead-letter topic by the aggregate role',
      labelNames: ['reason'],
      registers,
    }),
    emitted: new Counter({
      name: 'trending_candidate_sets_total',
      help: 'Candidate sets published',
      labelNames: ['window'],
      registers,
    }),
    checkpointBytes: new Counter({
      name: 'trending_checkpoint_bytes_total',
      help: 'Bytes appended to the checkpoint log, by kind of record',
      labelNames: ['kind'],
      registers,
    }),
    restoreSeconds: new Histogram({
      name: 'trending_restore_seconds',
      help: 'Restoring one partition from its checkpoint log',
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
    emissionSeconds: new Histogram({
      name: 'trending_candidate_emission_seconds',
      help: 'Making, encoding and appending the candidate sets due together, until acknowledged',
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1],
      registers,
    }),
  };
}
