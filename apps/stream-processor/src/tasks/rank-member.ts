import { randomUUID } from 'node:crypto';
import {
  type BatchContext,
  beatingWhile,
  type GroupConsumer,
  partitionKey,
  type RecordBatch,
  type StartPosition,
  type TopicPartition,
  type WatchedPosition,
} from '@trending/kafka';
import { AppError, backoffDelay, isRetriable } from '@trending/runtime';
import type { Board, CandidateSet } from '@trending/schemas';
import { KnownBoards } from './rank-known-boards.ts';
import { KnownSets, reportBadSet } from './rank-known-sets.ts';
import { forgetBoards } from './rank-metrics.ts';
import { superseded, takeOver } from './rank-ownership.ts';
import { decoded, type RankPorts, readPatiently } from './rank-ports.ts';
import { RankTask } from './rank-task.ts';
import { RankTimer } from './rank-timer.ts';

const selfCheckMs = 5_000;
/** Longest time an owner may make no progress, ms. */
const stallMs = 30_000;
/** Rejoins in a row, without one good self-check, before the process gives up. */
const rejoinsMax = 5;

export interface RankMemberSettings {
  readonly ports: RankPorts;
  readonly group: string;
  readonly crash: (error: unknown) => void;
}

/** One process in the rankers' group: takes over when assigned, emits by its timer, checks itself, steps back when told. */
export class RankMember {
  readonly #settings: RankMemberSettings;
  readonly #emission = new RankTimer(() => this.#kick());
  readonly #check = new RankTimer(() => this.#selfCheck());
  /** Kept level while standing by. */
  readonly #known: { readonly boards: KnownBoards; readonly sets: KnownSets };
  #consumer: GroupConsumer | undefined;
  #task: RankTask | undefined;
  /** Taken away by a rebalance that may give it back. */
  #paused: RankTask | undefined;
  #assignments = 0;
  #working: Promise<void> | undefined;
  #workingSince = 0;
  #rejoins = 0;
  #isStopped = false;

  constructor(settings: RankMemberSettings) {
    this.#settings = settings;
    const { ports } = settings;
    this.#known = { boards: new KnownBoards(ports), sets: new KnownSets(ports) };
  }

  async start(): Promise<void> {
    await this.#join();
    this.#selfCheck();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#emission.clear();
    this.#check.clear();
    await this.#consumer?.stop();
    this.#consumer = undefined;
    await this.#working;
  }

  /** Where the active owner reads candidates; nothing while standing by. For the watchdog. */
  positions(): WatchedPosition[] {
    if (this.#task === undefined) return [];
    const { candidatesTopic: topic } = this.#settings.ports;
    return [{ topic, partition: 0, position: this.#task.position }];
  }

  /** Undefined when the boards have an owner here or this member stands by. */
  unreadiness(): string | undefined {
    if (this.#consumer === undefined) return 'has not joined its group';
    if (this.#task?.isCaughtUp === false) return 'reads the candidates back after taking over';
    return this.#consumer.problem?.();
  }

  /** Undefined while work under way is acknowledged in time. */
  stall(): string | undefined {
    const now = this.#settings.ports.clock.now();
    if (this.#working === undefined || now - this.#workingSince <= stallMs) return undefined;
    return `boards wait for their acknowledgement for ${now - this.#workingSince} ms`;
  }

  staleness(): ReadonlyMap<string, number> {
    return this.#task?.staleness() ?? new Map();
  }

  /** The operators' boards; undefined while this member stands by. */
  suspected(): readonly Board[] | undefined {
    return this.#task?.suspected();
  }

  async #join(): Promise<void> {
    const { ports, group, crash } = this.#settings;
    this.#consumer = await ports.log.runGroup({
      groupId: group,
      topics: [ports.candidatesTopic],
      assigned: (partitions) => this.#assigned(partitions),
      revoked: () => this.#revoked(),
      batch: (batch, context) => this.#batch(batch, context),
      crashed: crash,
    });
  }

  async #assigned(
    partitions: readonly TopicPartition[],
  ): Promise<ReadonlyMap<string, StartPosition>> {
    this.#assignments += 1;
    const turn = this.#assignments;
    const own = partitions[0];
    const task = own === undefined ? undefined : await this.#reign();
    if (turn !== this.#assignments) return new Map();
    this.#task = task;
    this.#paused = undefined;
    this.#settings.ports.metrics.isOwner.set(task === undefined ? 0 : 1);
    if (own === undefined || task === undefined) return new Map();
    this.#kick();
    return new Map([[partitionKey(own), task.position > 0 ? task.position : 'beginning']]);
  }

  /** Goes on with the reign a rebalance interrupted if nobody wrote since, else begins a new one. */
  async #reign(): Promise<RankTask> {
    const { ports } = this.#settings;
    await ports.control.catchUp();
    const paused = this.#paused;
    if (paused !== undefined && (await paused.isUndisturbed())) return paused;
    const own = await takeOver(ports, randomUUID(), this.#known.boards);
    const task = new RankTask(ports, own);
    const { sets } = this.#known;
    await readPatiently(ports, () => sets.readTo(own.catchUpTo));
    task.adopt(await readPatiently(ports, () => sets.inForce()));
    const { epoch, boards, catchUpTo } = own;
    ports.logger.info({ epoch, boards: boards.size, catchUpTo }, 'took over the boards');
    await task.removeOrphans();
    return task;
  }

  async #revoked(): Promise<void> {
    this.#assignments += 1;
    this.#paused = this.#task ?? this.#paused;
    this.#task = undefined;
    this.#emission.clear();
    const { metrics } = this.#settings.ports;
    metrics.isOwner.set(0);
    await this.#working;
    // Boards that were on their way still told of themselves; a reign that has come since tells of its own.
    if (this.#task === undefined) forgetBoards(metrics);
  }

  async #batch({ records }: RecordBatch, context: BatchContext): Promise<void> {
    const { ports } = this.#settings;
    for (const { value, offset } of records) {
      const set = value === null ? undefined : await this.#setOf(value, context);
      if (!context.isCurrent()) return;
      if (value !== null && set === undefined) reportBadSet(ports, offset);
      this.#task?.accept(set, offset);
    }
    this.#kick();
    await context.heartbeat();
  }

  /** Goes on reigning while the registry is away: boards of what is read already are better than none. */
  async #setOf(value: Uint8Array, context: BatchContext): Promise<CandidateSet | undefined> {
    const { candidates } = this.#settings.ports;
    const known = candidates.decode(value);
    if (known !== undefined) return known.ok ? known.value : undefined;
    const read = async () => (context.isCurrent() ? decoded(candidates, value) : undefined);
    return beatingWhile(context, readPatiently(this.#settings.ports, read));
  }

  /** Emits what is due now, or comes back when it is. */
  #kick(): void {
    const task = this.#task;
    if (task === undefined || this.#working !== undefined || this.#isStopped) return;
    const dueAt = task.nextDueAt();
    const wait = dueAt - this.#settings.ports.clock.now();
    if (wait <= 0) this.#work(task, () => task.emitDue(this.#emission.lagMs));
    else if (dueAt < Number.POSITIVE_INFINITY) this.#emission.set(wait);
  }

  #selfCheck(): void {
    this.#check.set(selfCheckMs);
    const task = this.#task;
    const stall = this.stall();
    if (stall !== undefined)
      this.#settings.crash(new AppError({ code: 'STALLED', message: `rank: ${stall}` }));
    if (task === undefined) this.#standBy();
    if (task === undefined || this.#working !== undefined) return;
    this.#work(task, async () => {
      await task.selfCheck();
      if (!task.isSuperseded) this.#rejoins = 0;
    });
  }

  /** What cannot be read now is read when taking over. */
  #standBy(): void {
    const { log, rankingsTopic, candidatesTopic, logger } = this.#settings.ports;
    const endOf = async (topic: string) => (await log.endOffsets(topic)).get(0) ?? 0;
    const read = async () => {
      await this.#known.boards.readTo(await endOf(rankingsTopic));
      await this.#known.sets.readTo(await endOf(candidatesTopic));
    };
    read().catch((error: unknown) => logger.debug({ err: error }, 'topics not read ahead'));
  }

  /** One piece of work at a time; what goes wrong ends this reign. */
  #work(task: RankTask, work: () => Promise<void>): void {
    this.#workingSince = this.#settings.ports.clock.now();
    this.#working = work()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#working = undefined;
        // Work that failed has left already; leaving twice would join twice, and one member's empty assignment end the other's reign.
        if (task.isSuperseded && this.#task === task) this.#fail(superseded(task.epoch));
        this.#kick();
      });
  }

  #fail(error: unknown): void {
    const { ports, crash } = this.#settings;
    if (this.#isStopped) return;
    this.#rejoins += 1;
    if (!isRetriable(error) || this.#rejoins > rejoinsMax) {
      this.#task = undefined;
      crash(error);
      return;
    }
    ports.logger.warn({ err: error, rejoin: this.#rejoins }, 'leaving the ranker group to rejoin');
    this.#task = undefined;
    this.#paused = undefined;
    const delay = backoffDelay({ initialMs: 100, maxMs: 5_000 }, this.#rejoins, Math.random());
    this.#emission.clear();
    this.#rejoin(delay).catch(crash);
  }

  async #rejoin(delayMs: number): Promise<void> {
    await this.#consumer?.stop();
    this.#consumer = undefined;
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (!this.#isStopped) await this.#join();
  }
}
