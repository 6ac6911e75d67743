import { asError } from '@trending/runtime';
import type { CandidateSet } from '@trending/schemas';
import { Broker } from './broker.ts';
import { ClickHouse } from './clickhouse.ts';
import type { Cluster } from './cluster.ts';
import { Coordinator } from './coordinator.ts';
import { Faults } from './faults.ts';
import { host } from './host.ts';
import { Random } from './random.ts';
import { Process, Scheduler } from './scheduler.ts';
import { beginSeed } from './shared-serde.ts';

const startAt = 1_700_000_000_000;

/** All that exists around the processes of one run. */
export class Surroundings implements Cluster {
  readonly seed: number;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly broker: Broker;
  readonly coordinator: Coordinator;
  readonly clickhouse: ClickHouse;
  /** Starts processes again and thaws them; never fails itself. */
  readonly supervisor = new Process('supervisor');
  readonly partitions: number;
  /** Event ids answered with an offset. */
  readonly acknowledged = new Set<number>();
  /** Every candidate set that was written, in the order of writing. */
  readonly sets: CandidateSet[] = [];
  /** The first thing that went wrong inside a process. */
  failure: Error | undefined;
  #eventId = 0;

  constructor(seed: number, trace?: (line: string) => void) {
    this.seed = seed;
    beginSeed(seed);
    this.random = new Random(seed);
    this.scheduler = new Scheduler(this.random, startAt, trace);
    host.run(this.scheduler);
    this.faults = new Faults(this.random);
    this.partitions = this.random.between(1, 3);
    this.broker = new Broker(this.scheduler, this.partitions);
    this.coordinator = new Coordinator(this.broker);
    this.clickhouse = new ClickHouse(this.scheduler, this.faults);
  }

  nextEventId(): number {
    this.#eventId += 1;
    return this.#eventId;
  }

  failed(error: unknown): void {
    this.failure ??= asError(error);
  }

  note(text: string): void {
    this.scheduler.trace?.(`    ** ${text}`);
  }
}
