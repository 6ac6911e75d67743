import { AppError } from '@trending/runtime/errors';
import type { AggregateMember } from '../../apps/stream-processor/src/tasks/aggregate-member.ts';
import type { RankMember } from '../../apps/stream-processor/src/tasks/rank-member.ts';
import { Gateway } from './gateway.ts';
import { Publisher } from './publisher.ts';
import { type Roles, rolesOf } from './roles.ts';
import { Process } from './scheduler.ts';
import { SimulatedLog } from './simulated-log.ts';
import type { Surroundings } from './surroundings.ts';

/** One place where a process runs, is killed, and runs again. */
export interface Slot {
  readonly kind: 'aggregate' | 'journey' | 'rank' | 'sink' | 'gateway' | 'publisher';
  readonly name: string;
  process: Process;
  isUp: boolean;
  isStopping: boolean;
  aggregate?: AggregateMember;
  rank?: RankMember;
  gateway?: Gateway;
  publisher?: Publisher;
  stop?: () => Promise<void>;
}

/** Ends of a process that are its own way to start anew. */
const expected = new Set([
  'BROKER_UNAVAILABLE',
  'APPEND_FAILED',
  'APPEND_TIMEOUT',
  'QUEUE_FULL',
  'CLICKHOUSE_UNAVAILABLE',
  'STALLED',
]);

/** All processes of the world and what may happen to them. */
export class Slots {
  readonly all: Slot[] = [];
  readonly #world: Surroundings;
  readonly #roles: Roles;

  constructor(world: Surroundings) {
    this.#world = world;
    this.#roles = rolesOf(world);
    const { random } = world;
    this.#add('aggregate', random.between(2, 3));
    this.#add('journey', 2);
    this.#add('rank', 2);
    this.#add('sink', random.between(1, 2));
    this.#add('gateway', 1);
    this.#add('publisher', random.between(1, 2));
  }

  startAll(): void {
    for (const slot of this.all) this.#world.scheduler.as(slot.process, () => this.#launch(slot));
  }

  /** SIGKILL; the supervisor starts it again. */
  kill(slot: Slot): void {
    const { scheduler, coordinator, random, supervisor } = this.#world;
    const { process } = slot;
    if (!process.isAlive) return;
    this.#world.note(`${slot.name} is killed`);
    slot.isUp = false;
    slot.isStopping = false;
    scheduler.kill(process);
    coordinator.died((member) => member.process === process);
    scheduler.timer(random.between(100, 4_000), () => this.#restart(slot), { owner: supervisor });
  }

  /** SIGSTOP, and SIGCONT later; its groups may go on without it meanwhile. */
  freeze(slot: Slot): void {
    const { scheduler, coordinator, random, supervisor } = this.#world;
    const { process } = slot;
    if (process.isFrozen || !process.isAlive) return;
    this.#world.note(`${slot.name} is frozen`);
    process.isFrozen = true;
    if (random.chance(0.7)) coordinator.died((member) => member.process === process);
    const thaw = () => {
      process.isFrozen = false;
      this.#world.note(`${slot.name} goes on`);
    };
    scheduler.timer(random.between(500, 15_000), thaw, { owner: supervisor });
  }

  /** SIGTERM. */
  stop(slot: Slot): void {
    const { scheduler } = this.#world;
    if (!slot.isUp || slot.isStopping || slot.process.isFrozen || slot.stop === undefined) return;
    this.#world.note(`${slot.name} is asked to stop`);
    slot.isStopping = true;
    const { process, stop } = slot;
    const ended = () => {
      if (process.isAlive) this.kill(slot);
    };
    scheduler.post(process, 'stop', () => void stop().then(ended, ended));
  }

  #add(kind: Slot['kind'], count: number): void {
    for (let i = 1; i <= count; i += 1) {
      const name = `${kind}-${i}`;
      this.all.push({ kind, name, process: new Process(name), isUp: false, isStopping: false });
    }
  }

  #restart(slot: Slot): void {
    slot.process = new Process(slot.name);
    this.#world.scheduler.post(slot.process, 'start', () => this.#launch(slot));
  }

  #launch(slot: Slot): void {
    const { process } = slot;
    const crash = (error: unknown) => this.#crashed(slot, process, error);
    const log = new SimulatedLog(this.#world, process);
    const member = this.#memberOf(slot, log, crash);
    slot.isUp = member === undefined;
    if (member === undefined) return;
    slot.stop = () => member.stop();
    member.start().then(() => {
      slot.isUp = process.isAlive;
    }, crash);
  }

  #memberOf(
    slot: Slot,
    log: SimulatedLog,
    crash: (error: unknown) => void,
  ): { start(): Promise<void>; stop(): Promise<void> } | undefined {
    switch (slot.kind) {
      case 'aggregate':
        slot.aggregate = this.#roles.aggregate(log, crash);
        log.onDeltaBeforeLetters = () => {
          if (this.#world.faults.hits()) this.kill(slot);
        };
        return slot.aggregate;
      case 'journey':
        return this.#roles.journey(log, crash);
      case 'rank':
        slot.rank = this.#roles.rank(log, crash);
        return slot.rank;
      case 'sink':
        return this.#roles.sink(log, crash);
      case 'gateway': {
        const gateway = new Gateway(log, this.#world.faults, crash);
        slot.gateway = gateway;
        return { start: () => gateway.start(), stop: async () => undefined };
      }
      case 'publisher':
        slot.publisher = new Publisher(this.#world, log);
        return undefined;
    }
  }

  #crashed(slot: Slot, process: Process, error: unknown): void {
    if (!process.isAlive || slot.process !== process) return;
    const isGap = error instanceof AppError && error.code === 'INPUT_GAP';
    const isRace = isGap && error.message.startsWith('token.view-deltas');
    if (!isRace && !(error instanceof AppError && expected.has(error.code)))
      this.#world.failed(error);
    this.#world.note(`${slot.name} crashed: ${String(error)}`);
    this.#world.faults.count('crashes');
    this.kill(slot);
  }
}
