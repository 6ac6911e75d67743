import type { CandidateSet } from '@trending/schemas';
import { Broker } from './broker.ts';
import { ClickHouse } from './clickhouse.ts';
import { Coordinator } from './coordinator.ts';
import { Faults } from './faults.ts';
import { host } from './host.ts';
import { Random } from './random.ts';
import { Process, Scheduler } from './scheduler.ts';
import type { Cluster } from './simulated-log.ts';
import { type Slot, Slots } from './slots.ts';

const startAt = 1_700_000_000_000;

/** Everything that exists in one run. */
export class World implements Cluster {
  readonly seed: number;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly broker: Broker;
  readonly coordinator: Coordinator;
  readonly clickhouse: ClickHouse;
  readonly slots: Slots;
  /** Starts processes again and thaws them; never fails itself. */
  readonly supervisor = new Process('supervisor');
  readonly partitions: number;
  /** Event ids answered with an offset. */
  readonly acknowledged = new Set<number>();
  /** Every candidate set that was written, in the order of writing. */
  readonly sets: CandidateSet[] = [];
  /** The first thing that went wrong inside a process. */
  failure: unknown;
  #eventId = 0;

  constructor(seed: number, trace?: (line: string) => void) {
    this.seed = seed;
    this.random = new Random(seed);
    this.scheduler = new Scheduler(this.random, startAt, trace);
    host.run(this.scheduler);
    this.faults = new Faults(this.random);
    this.partitions = this.random.between(1, 3);
    this.broker = new Broker(this.scheduler, this.partitions);
    this.coordinator = new Coordinator(this.broker);
    this.clickhouse = new ClickHouse(this.scheduler, this.faults);
    this.slots = new Slots(this);
  }

  nextEventId(): number {
    this.#eventId += 1;
    return this.#eventId;
  }

  failed(error: unknown): void {
    this.failure ??= error;
  }

  note(text: string): void {
    this.scheduler.trace?.(`    ** ${text}`);
  }

  slot(kind: Slot['kind']): Slot[] {
    return this.slots.all.filter((slot) => slot.kind === kind);
  }
}
