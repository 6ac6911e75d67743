import type { AggregateTask } from '../../apps/stream-processor/src/tasks/aggregate-task.ts';
import { type Slot, Slots } from './slots.ts';
import { Surroundings } from './surroundings.ts';

/** Everything that exists in one run. */
export class World extends Surroundings {
  readonly slots = new Slots(this);

  slot(kind: Slot['kind']): Slot[] {
    return this.slots.all.filter((slot) => slot.kind === kind);
  }

  /** Every task that counts the partition now: one, when all is well. */
  ownersOf(partition: number): AggregateTask[] {
    return this.slot('aggregate')
      .flatMap(({ aggregate }) => aggregate?.tasks() ?? [])
      .filter((task) => task.partition === partition);
  }
}
