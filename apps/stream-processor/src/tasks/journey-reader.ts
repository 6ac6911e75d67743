import type { ConsumedRecord, Follower, WatchedPosition } from '@trending/kafka';
import { journeyReachMs } from '../domain/journey.ts';
import type { AggregateState } from '../state/aggregate-state.ts';
import type { AggregatePorts } from './aggregate-ports.ts';
import type { AggregateTask } from './aggregate-task.ts';
import { partitionToldOf, type ToldRecord, toldIn } from './journey-records.ts';
import { withRetries } from './retry.ts';

/** Facts of the journeys topic, by the partition of the views that they are for. */
type Facts = ReadonlyMap<number, readonly ToldRecord[]>;

/** Keeps the tasks of a member level with the journeys topic: each from where its state stands, then as records come. */
export class JourneyReader {
  readonly #ports: AggregatePorts;
  readonly #tasks: () => Iterable<AggregateTask>;
  /** Something is known that was not known before. */
  readonly #changed: () => void;
  #follower: Follower | undefined;
  #position = 0;

  constructor(ports: AggregatePorts, tasks: () => Iterable<AggregateTask>, changed: () => void) {
    this.#ports = ports;
    this.#tasks = tasks;
    this.#changed = changed;
  }

  /** Follows the topic from its present end on; what came before each task reads when it joins. */
  async start(crashed: (error: Error) => void): Promise<void> {
    const { log, journeysTarget } = this.#ports;
    const end = (await log.endOffsets(journeysTarget.topic)).get(journeysTarget.partition) ?? 0;
    this.#position = end;
    this.#follower = await log.follow(journeysTarget, {
      from: end,
      batch: async ({ records, next }) => {
        const facts = await this.#factsIn(records);
        this.#position = next;
        for (const task of this.#tasks()) if (task.isInformed) this.#apply(task, facts, next);
        this.#changed();
      },
      crashed,
    });
  }

  /** Where it reads, for the watchdog; nothing before it follows. */
  positions(): WatchedPosition[] {
    if (this.#follower === undefined) return [];
    return [{ ...this.#ports.journeysTarget, position: this.#position }];
  }

  async stop(): Promise<void> {
    await this.#follower?.stop();
    this.#follower = undefined;
  }

  /**
   * Reads what a restored task does not know yet: at least all there is now, so that it never knows less than the owner before it. It emits
   * nothing until then.
   */
  async inform(task: AggregateTask): Promise<void> {
    const { log, clock, journeysTarget } = this.#ports;
    const { topic, partition } = journeysTarget;
    const ends = await this.#patiently(() => log.endOffsets(topic));
    const oldest = await this.#patiently(() =>
      log.offsetsForTime(topic, clock.now() - journeyReachMs),
    );
    this.#skip(task.state, oldest.get(partition) ?? 0);
    // What the follower passed since the end was asked for, it passed without this task.
    let to = Math.max(ends.get(partition) ?? 0, this.#position);
    while (task.state.journeyOffset < to) {
      await this.#readTo(task, to);
      to = Math.max(to, this.#position);
    }
    // No wait between the last look at the position and this: the follower goes on exactly here.
    task.informed();
    this.#changed();
  }

  async #readTo(task: AggregateTask, to: number): Promise<void> {
    const { log, journeysTarget } = this.#ports;
    const range = { from: task.state.journeyOffset, to };
    for await (const { records } of log.read(journeysTarget, range)) {
      const next = (records.at(-1)?.offset ?? -1) + 1;
      this.#apply(task, await this.#factsIn(records), next);
    }
    this.#skip(task.state, to);
  }

  #apply({ partition, state }: AggregateTask, facts: Facts, next: number): void {
    const from = state.journeyOffset;
    const fresh = (facts.get(partition) ?? []).filter(({ offset }) => offset >= from);
    state.applyJourneys(
      next,
      fresh.flatMap(({ groups }) => groups),
    );
  }

  /** Nothing that still counts stands below the offset. */
  #skip(state: AggregateState, offset: number): void {
    state.applyJourneys(offset, []);
  }

  async #factsIn(records: readonly ConsumedRecord[]): Promise<Facts> {
    const { journeys, logger } = this.#ports;
    const facts = new Map<number, ToldRecord[]>();
    for (const record of records) {
      const told = await this.#patiently(() => toldIn(journeys, record));
      if (told === undefined) {
        logger.error({ offset: record.offset }, 'journeys record does not decode');
        continue;
      }
      const partition = partitionToldOf(record);
      const own = facts.get(partition);
      if (own === undefined) facts.set(partition, [told]);
      else own.push(told);
    }
    return facts;
  }

  #patiently<T>(call: () => Promise<T>): Promise<T> {
    const { logger } = this.#ports;
    return withRetries(call, (error) => logger.warn({ err: error }, 'journeys cannot be read yet'));
  }
}
