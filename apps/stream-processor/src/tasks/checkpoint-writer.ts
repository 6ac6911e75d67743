import { randomUUID } from 'node:crypto';
import { encodeBase } from '../state/base-writer.ts';
import type { AggregateTask } from './aggregate-task.ts';
import { type CheckpointLog, nextChain } from './checkpoint-log.ts';
import { CheckpointOwnership } from './checkpoint-ownership.ts';
import { CheckpointSchedule, deltaBytes, type KnownBase } from './checkpoint-schedule.ts';
import type { RecentDeltas } from './recent-deltas.ts';

export interface CheckpointPosition {
  /** Input offset up to which deltas are acknowledged. */
  readonly end: number;
  readonly chain: Uint8Array;
  readonly epochBase: number;
  /** Undefined: none that anybody has verified. */
  readonly base: KnownBase | undefined;
  readonly recent: RecentDeltas;
}

export interface CheckpointWriterSettings {
  readonly log: CheckpointLog;
  readonly task: AggregateTask;
  readonly position: CheckpointPosition;
  readonly ownerId: string;
  /** Offset of the fence with that name. */
  readonly fenceAt: number;
  readonly now: number;
  /** Resolves when all is in the log that must stand there before a delta of what is folded by now. */
  readonly beforeDelta: () => Promise<void>;
  /** The log cannot be written. */
  readonly failed: (error: unknown) => void;
}

/** A fresh name for every attempt to own a partition. */
export function newOwnerId(): string {
  return randomUUID();
}

/**
 * Writes the checkpoints of one owned partition: one append in flight, a delta only where the last one ended, a base only with
 * nothing folded meanwhile. Finds out when another owner has fenced.
 */
export class CheckpointWriter {
  readonly ownership: CheckpointOwnership;
  readonly #log: CheckpointLog;
  readonly #task: AggregateTask;
  readonly #epochBase: number;
  readonly #recent: RecentDeltas;
  readonly #failed: (error: unknown) => void;
  readonly #beforeDelta: () => Promise<void>;
  #end: number;
  #chain: Uint8Array;
  #baseAt: number;
  #recentAt: number;
  readonly #schedule: CheckpointSchedule;
  #working: Promise<void> | undefined;
  #hasFailed = false;
  #basing: Promise<void> | undefined;

  constructor(settings: CheckpointWriterSettings) {
    const { log, task, position, ownerId, fenceAt, now } = settings;
    this.#log = log;
    this.#task = task;
    this.#failed = settings.failed;
    this.#beforeDelta = settings.beforeDelta;
    this.ownership = new CheckpointOwnership(log, ownerId, fenceAt);
    this.#end = position.end;
    this.#chain = position.chain;
    this.#epochBase = position.epochBase;
    this.#baseAt = position.base?.baseAt ?? -1;
    this.#recentAt = position.base?.recentAt ?? -1;
    this.#recent = position.recent;
    this.#schedule = new CheckpointSchedule(now, log.partition, position.base);
    task.state.turnJournal();
  }

  /** Input offset up to which everything is in the log, acknowledged. */
  get end(): number {
    return this.#end;
  }

  /** A write went wrong: what it took from the journal may or may not be in the log, so nothing can go on from here. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Something is on its way under the present name: no new one may be taken before it is known where it landed. */
  get isWriting(): boolean {
    return this.#working !== undefined;
  }

  get epochBase(): number {
    return this.#epochBase;
  }

  /** Call between two slices of folding, and at the end of a batch; resolves when folding may go on. */
  async between(now: number, isBatchEnd: boolean): Promise<void> {
    if (this.#basing !== undefined) await this.#basing;
    if (isBatchEnd) await this.#rest(now);
    if (!this.#isFull()) return;
    if (this.#working !== undefined) await this.#working;
    if (this.#isFull()) this.#start(now).catch(this.#failed);
  }

  /** Call every second or so: writes what has become due. Rejects when the log cannot be written. */
  async tick(now: number): Promise<void> {
    if (this.ownership.isLost || this.#working !== undefined) return;
    const due = this.#due(now);
    if (due === 'delta') await this.#start(now);
    else if (due === 'base') await this.#startBase(now);
  }

  /** Writes all that is folded so far, before the partition is handed over. */
  async flush(now: number): Promise<void> {
    while (this.#working !== undefined) await this.#working;
    if (!this.ownership.isLost) await this.#start(now);
  }

  /** Writes the first base of the partition. */
  async begin(now: number): Promise<void> {
    await this.#startBase(now);
  }

  /** Resolves when nothing is being written. */
  async settled(): Promise<void> {
    while (this.#working !== undefined) await this.#working.catch(() => undefined);
  }

  /**
   * Where batch follows batch, this is the only time without dead letters on their way and, once the delta in flight is acknowledged,
   * without anything in flight: whoever only looks now and then may never meet one.
   */
  async #rest(now: number): Promise<void> {
    const due = this.#due(now);
    if (due === 'nothing' || this.ownership.isLost) return;
    if (due === 'base') while (this.#working !== undefined) await this.#working;
    if (this.#working !== undefined) return;
    const started = due === 'base' ? this.#startBase(now) : this.#start(now);
    started.catch(this.#failed);
  }

  #due(now: number): 'delta' | 'base' | 'nothing' {
    const { bytes = 0, rows = 0 } = this.#task.state.journal ?? {};
    return this.#schedule.due(now, { bytes, rows, isFirstBase: this.#baseAt < 0 });
  }

  #isFull(): boolean {
    return (this.#task.state.journal?.bytes ?? 0) >= deltaBytes;
  }

  #start(now: number): Promise<void> {
    return this.#run(() => this.#writeDelta(now));
  }

  #startBase(now: number): Promise<void> {
    const basing = this.#run(() => this.#writeBase(now));
    this.#basing = basing
      .catch(() => undefined)
      .finally(() => {
        this.#basing = undefined;
      });
    return basing;
  }

  /** One thing at a time. */
  #run(work: () => Promise<void>): Promise<void> {
    this.#working = work()
      .catch((error: unknown) => {
        this.#hasFailed = true;
        throw error;
      })
      .finally(() => {
        this.#working = undefined;
      });
    return this.#working;
  }

  /** Dead letters of a range are acknowledged before its delta leaves; until then it waits. */
  async #writeDelta(now: number): Promise<void> {
    if (this.#task.deadLettersPending > 0 || (this.#task.state.journal?.rows ?? 0) === 0) return;
    await this.#appendDelta(now);
  }

  async #appendDelta(now: number): Promise<void> {
    const { state } = this.#task;
    const { streamTime, logTime } = state.time;
    const journal = state.turnJournal();
    if (journal === undefined) return;
    await this.#beforeDelta();
    const { start, end } = journal;
    const payload = journal.payload();
    const delta = { start, end, payload, streamTime, logTime, chain: this.#chain };
    const owner = { kind: 'delta', ownerId: this.ownership.ownerId } as const;
    const base = { baseAt: this.#baseAt, recentAt: this.#recentAt };
    const offset = await this.#log.append({ ...owner, ...delta, ...base });
    this.#schedule.wroteDelta(now, { rows: end - start, bytes: payload.length });
    if (!(await this.ownership.wrote(offset))) return;
    this.#chain = nextChain(this.#chain, delta);
    this.#end = end;
    this.#recent.add({ offset, start, end, logTime });
  }

  async #writeBase(now: number): Promise<void> {
    await this.#writeDelta(now);
    const { state, position, deadLettersPending } = this.#task;
    if (deadLettersPending > 0 || position !== this.#end || this.ownership.isLost) return;
    const chain = this.#chain;
    const { ownerId } = this.ownership;
    const range = { start: state.firstOffset, end: position };
    const common = { kind: 'base', ownerId, ...range, chain } as const;
    let first = -1;
    let part = 0;
    const payloads = encodeBase(state, this.#epochBase);
    for (let next = payloads.next(); next.done !== true; part += 1) {
      const payload = next.value;
      next = payloads.next();
      const parts = next.done === true ? part + 1 : 0;
      const offset = await this.#log.append({ ...common, part, parts, payload });
      if (part === 0) first = offset;
      if (!(await this.ownership.wrote(offset))) return;
    }
    await this.#based(first, now);
    // Deltas tell where the newest base is; one without rows does so at once.
    await this.#appendDelta(now);
  }

  /** The base is verified: we were the owner up to its last part, and nothing was applied behind its offset. */
  async #based(baseAt: number, now: number): Promise<void> {
    const before = this.#baseAt < 0 ? -1 : Math.min(this.#baseAt, this.#recentAt);
    this.#baseAt = baseAt;
    this.#recentAt = Math.min(baseAt, this.#recent.from ?? baseAt);
    this.#schedule.wroteBase(now);
    if (before > 0) await this.#log.deleteBefore(before);
  }
}
