import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type Board,
  boardEpochHeader,
  type CandidateSet,
  type WindowName,
  windowNames,
} from '@trending/schemas';
import { type BoardPart, BoardParts } from '../domain/board-parts.ts';
import { type BoardChange, RankState } from '../domain/rank-state.ts';
import { appendChunksOf } from './append-chunks.ts';
import { countAlarms } from './rank-alarms.ts';
import { publishFeatures } from './rank-features.ts';
import { rankFormulas } from './rank-formulas.ts';
import { rankingsPartition } from './rank-known-boards.ts';
import type { KnownSet } from './rank-known-sets.ts';
import { foreignRecords, type TakeOver } from './rank-ownership.ts';
import type { RankPorts } from './rank-ports.ts';
import { measurePrices } from './rank-prices.ts';

/** One reign of the single owner of the boards: from its fence until it is revoked or superseded. */
export class RankTask {
  readonly #ports: RankPorts;
  readonly #own: TakeOver;
  readonly #state: RankState;
  readonly #parts = new BoardParts();
  #candidatesPosition = 0;
  #rankingsPosition: number;
  #isSuperseded = false;
  /** Resolves when a set was taken. */
  #nextSet = Promise.withResolvers<void>();
  readonly #mergeableAt = (window: WindowName) => this.#state.mergeableAt(window);

  constructor(ports: RankPorts, own: TakeOver) {
    this.#ports = ports;
    this.#own = own;
    this.#rankingsPosition = own.epoch + 1;
    const { partitions } = ports;
    const rules = ports.control.table;
    const settings = { formulas: rankFormulas, rules, partitions, startedAt: ports.clock.now() };
    const reign = { epoch: own.epoch, withFeatures: true };
    this.#state = new RankState({ ...settings, ...reign }, own.boards);
  }

  get epoch(): number {
    return this.#own.epoch;
  }

  /** Next candidates offset to read. */
  get position(): number {
    return this.#candidatesPosition;
  }

  get isCaughtUp(): boolean {
    return this.#candidatesPosition >= this.#own.catchUpTo;
  }

  /** A newer owner's fence was found: this reign is over. */
  get isSuperseded(): boolean {
    return this.#isSuperseded;
  }

  /** Takes the set of one candidates record; `undefined` for a record that is none. */
  accept(set: CandidateSet | undefined, offset: number): void {
    this.#candidatesPosition = Math.max(this.#candidatesPosition, offset + 1);
    const now = this.#ports.clock.now();
    if (set === undefined || !this.#state.accept(set, now)) return;
    this.#parts.touch(now, ({ selection }) => selection.window === set.window);
    this.#nextSet.resolve();
    this.#nextSet = Promise.withResolvers();
  }

  /** Takes the sets in force below {@link TakeOver.catchUpTo}; reading goes on there. */
  adopt(known: readonly KnownSet[]): void {
    for (const { set, offset } of known) this.accept(set, offset);
    this.#candidatesPosition = Math.max(this.#candidatesPosition, this.#own.catchUpTo);
  }

  /** When the next boards are due, ms; Infinity while nothing is. */
  nextDueAt(): number {
    if (!this.isCaughtUp || this.#isSuperseded) return Number.POSITIVE_INFINITY;
    return this.#parts.nextDueAt(this.#mergeableAt);
  }

  /**
   * Writes all boards that are due, each part in an append of its own, the most urgent first. While parts are on their way what becomes
   * due is made: a short window does not wait for the acknowledgement of a long one. `lagMs` = how late timers fire at present.
   */
  async emitDue(lagMs: number): Promise<void> {
    if (!this.isCaughtUp) return;
    const writing = new Set<Promise<void>>();
    for (let begun = 0; begun < this.#parts.count && !this.#isSuperseded; ) {
      const part = this.#parts.mostUrgent(this.#ports.clock.now(), this.#mergeableAt);
      if (part === undefined && writing.size === 0) return;
      if (part === undefined) {
        await Promise.race([...writing, this.#nextSet.promise]);
        continue;
      }
      begun += 1;
      // What fails stays in the set, so that it is met below.
      const written: Promise<void> = this.#emit(part, lagMs).then(
        () => void writing.delete(written),
      );
      written.catch(() => undefined);
      writing.add(written);
      await nextTurn();
    }
    await Promise.all(writing);
  }

  async #emit({ name: part, selection, slot }: BoardPart, lagMs: number): Promise<void> {
    const { clock, metrics } = this.#ports;
    const began = clock.now();
    const stopTimer = metrics.scoreSeconds.startTimer({ window: selection.window, part });
    const changes = this.#state.changes(selection);
    stopTimer();
    slot.taken();
    const features = this.#state.takeFeatures();
    const written = this.#publish(changes, began);
    const load = { lagMs, costMs: clock.now() - began };
    await written;
    measurePrices(metrics, features, (key) => this.#state.held(key));
    await publishFeatures(this.#ports, features);
    slot.emitted(began, load);
    this.#touchOutdated();
  }

  /** Windows at rest follow the rules that the others are made by now. */
  #touchOutdated(): void {
    this.#parts.touch(this.#ports.clock.now(), ({ name, selection }) =>
      this.#state.isOutdated(selection.window, name),
    );
  }

  /**
   * Nobody else may have written behind our last record. A newer fence ends this reign; an older owner's late board is
   * covered by writing ours again.
   */
  async selfCheck(): Promise<void> {
    const ends = await this.#ports.log.endOffsets(this.#ports.rankingsTopic);
    await this.#repeat(await this.#foreignUpTo(ends.get(0) ?? 0));
  }

  /** True when nothing was written behind our last record: after a pause this reign may go on. */
  async isUndisturbed(): Promise<boolean> {
    const ends = await this.#ports.log.endOffsets(this.#ports.rankingsTopic);
    return !this.#isSuperseded && ends.get(0) === this.#rankingsPosition;
  }

  /** Deletes restored boards whose formula is not computed any more; once, at the start of a reign. */
  async removeOrphans(): Promise<void> {
    await this.#publish(this.#state.orphans(), this.#ports.clock.now());
  }

  /** The operators' boards as held. */
  suspected(): readonly Board[] {
    return this.#state.suspected();
  }

  /** Age of the newest merged sets per window, seconds. */
  staleness(): Map<string, number> {
    const now = this.#ports.clock.now();
    return new Map(
      windowNames.flatMap((name) => {
        const asOf = this.#state.mergedAsOf(name);
        return asOf === undefined ? [] : [[name, (now - asOf) / 1_000] as const];
      }),
    );
  }

  async #publish(changes: readonly BoardChange[], scoredAt: number): Promise<void> {
    if (changes.length === 0) return;
    const { metrics } = this.#ports;
    const stopTimer = metrics.publishSeconds.startTimer();
    const boards = changes.map(({ key, ranking }) => {
      if (ranking === null) return { key, board: null };
      const held = this.#state.held(key);
      const seq = held?.epoch === this.epoch ? held.seq + 1 : 1;
      countAlarms(metrics, ranking, held);
      return { key, board: { ...ranking, epoch: this.epoch, seq, scoredAt } };
    });
    await this.#append(boards);
    stopTimer();
  }

  async #append(boards: readonly { key: string; board: Board | null }[]): Promise<void> {
    const { boards: serde, metrics, log } = this.#ports;
    for (const { key, board } of boards) this.#state.hold(key, board);
    const headers = { [boardEpochHeader]: String(this.epoch) };
    const records = boards.map(({ key, board }) =>
      board === null ? { key, value: null, headers } : { key, value: serde.encode(board) },
    );
    const overwritten: string[] = [];
    for (const chunk of appendChunksOf(records)) {
      const first = await log.append(rankingsPartition(this.#ports), chunk);
      overwritten.push(...(await this.#foreignUpTo(first)));
      this.#rankingsPosition = Math.max(this.#rankingsPosition, first + chunk.length);
    }
    for (const { board } of boards) {
      if (board !== null)
        metrics.published.inc({ formula: board.formula.id, window: board.window });
    }
    await this.#repeat(overwritten);
  }

  /** Keys of foreign boards between our last record and `offset`; notices a newer owner. */
  async #foreignUpTo(offset: number): Promise<readonly string[]> {
    const range = { from: this.#rankingsPosition, to: offset };
    if (range.from >= range.to) return [];
    this.#rankingsPosition = offset;
    const { isSuperseded, keys } = await foreignRecords(this.#ports, this.#own, range);
    this.#isSuperseded ||= isSuperseded;
    return keys;
  }

  async #repeat(keys: readonly string[]): Promise<void> {
    if (this.#isSuperseded) return;
    const boards = keys.flatMap((key) => {
      const board = this.#state.held(key);
      return board?.epoch === this.epoch ? [{ key, board: { ...board, seq: board.seq + 1 } }] : [];
    });
    if (boards.length > 0) await this.#append(boards);
  }
}
