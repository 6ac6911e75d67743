import type { Board, WindowName } from '@trending/schemas';
import { scopeAll } from '@trending/schemas';
import type { RankFormula } from '../domain/board.ts';
import { hourMs } from '../domain/hour-rules.ts';
import { dayOf } from '../domain/journey.ts';
import { type BoardChange, RankState } from '../domain/rank-state.ts';
import type { RuleSource } from '../domain/rules.ts';
import { levelOf } from '../domain/window-level.ts';
import { AggregateState } from '../state/aggregate-state.ts';
import { candidateSetOf } from '../state/candidate-sets.ts';
import type { CategoryTable } from '../state/category-table.ts';
import { JourneyLoop } from '../state/journey-loop.ts';
import { aggregate } from '../topology.ts';
import type { ReplayTarget } from './replay-target.ts';
import type { ViewFeed } from './view-feed.ts';

export interface ReplaySettings {
  /** First `asOf`, ms; the first step after the first view when absent. */
  readonly from: number | undefined;
  /** No `asOf` after it; the end of the log when absent. */
  readonly to: number | undefined;
  /** Time between two `asOf`s, ms. */
  readonly everyMs: number;
  readonly windows: readonly WindowName[];
  readonly formulas: readonly RankFormula[];
  /** What operators said; without it `formulas` are in force for ever. */
  readonly rules?: RuleSource;
  /** Scopes to write; undefined = all there are. */
  readonly scopes: readonly string[] | undefined;
  readonly epoch: number;
}

export interface ReplayParts {
  readonly feeds: readonly ViewFeed[];
  readonly categories: CategoryTable;
  readonly target: ReplayTarget;
  /** Called after every step with the number of records folded so far. */
  readonly progressed: (folded: number) => void;
}

export interface ReplayResult {
  readonly records: number;
  readonly steps: number;
  readonly boards: number;
  /** `asOf` of the first and last step, ms; undefined when there was nothing to replay. */
  readonly firstAsOf: number | undefined;
  readonly lastAsOf: number | undefined;
}

interface Partition {
  readonly feed: ViewFeed;
  readonly state: AggregateState;
}

/**
 * Boards of the past, by the live topology's own code on stream time. At every step each partition folds, in offset order, the
 * records before its first view after `asOf`; then what they saw of viewers is found out, and all emit at the same `asOf`. No clock is read: the same log gives the same
 * boards at every speed.
 */
export async function replay(settings: ReplaySettings, parts: ReplayParts): Promise<ReplayResult> {
  const { feeds, categories } = parts;
  for (const feed of feeds) await feed.foldUntil(Number.NEGATIVE_INFINITY, passOver);
  const heads = nextHead(feeds);
  const first = stepAt(settings.from ?? heads ?? 0, settings.everyMs);
  if (heads === undefined) return emptyResult;
  const partitions = feeds.map((feed) => ({
    feed,
    state: new AggregateState({
      from: feed.position,
      asOf: first,
      known: categories,
    }),
  }));
  const journeys = new JourneyLoop(partitions.map(({ state }) => state));
  const rank = new RankState({
    formulas: settings.formulas,
    ...(settings.rules === undefined ? {} : { rules: settings.rules }),
    partitions: feeds.length,
    startedAt: first,
    epoch: settings.epoch,
  });
  const emitter = new Emitter(settings, { rank, partitions, parts });
  let lastAsOf = first;
  for (
    let asOf: number | undefined = first;
    asOf !== undefined && asOf <= (settings.to ?? Number.POSITIVE_INFINITY);
    asOf = nextStep(asOf, settings.everyMs, partitions)
  ) {
    lastAsOf = asOf;
    await followTo(asOf, { partitions, journeys });
    await emitter.emit(asOf);
    parts.progressed(foldedOf(feeds));
  }
  const { steps, boards } = emitter;
  return { records: foldedOf(feeds), steps, boards, firstAsOf: first, lastAsOf };
}

const emptyResult: ReplayResult = {
  records: 0,
  steps: 0,
  boards: 0,
  firstAsOf: undefined,
  lastAsOf: undefined,
};

/** Makes and writes the boards of one step. */
class Emitter {
  steps = 0;
  boards = 0;
  readonly #settings: ReplaySettings;
  readonly #rank: RankState;
  readonly #partitions: readonly Partition[];
  readonly #parts: ReplayParts;

  constructor(
    settings: ReplaySettings,
    sources: {
      readonly rank: RankState;
      readonly partitions: readonly Partition[];
      readonly parts: ReplayParts;
    },
  ) {
    this.#settings = settings;
    this.#rank = sources.rank;
    this.#partitions = sources.partitions;
    this.#parts = sources.parts;
  }

  async emit(asOf: number): Promise<void> {
    const { windows, scopes, epoch } = this.#settings;
    this.steps += 1;
    for (const window of windows) {
      for (const { feed, state } of this.#partitions) {
        const metadataOffset = this.#parts.categories.offset;
        const identity = { partition: feed.partition, epoch, metadataOffset };
        this.#rank.accept(candidateSetOf(state, levelOf(window), identity), asOf);
      }
      const selection = { window, all: wants(scopes, isAll), scopes: wants(scopes, isOther) };
      for (const change of this.#rank.changes(selection)) await this.#write(change, asOf);
    }
  }

  async #write({ key, ranking }: BoardChange, asOf: number): Promise<void> {
    const { epoch, scopes } = this.#settings;
    if (ranking === null) return this.#rank.hold(key, null);
    if (scopes?.includes(ranking.scope) === false) return;
    const seq = (this.#rank.held(key)?.seq ?? 0) + 1;
    const board: Board = { ...ranking, epoch, seq, scoredAt: asOf };
    this.#rank.hold(key, board);
    this.boards += 1;
    await this.#parts.target.write(key, board);
  }
}

/** Folds up to `asOf`, and follows viewers on the way: before the first step stand two days of views. */
async function followTo(
  asOf: number,
  { partitions, journeys }: { partitions: readonly Partition[]; journeys: JourneyLoop },
): Promise<void> {
  const head = nextHead(partitions.map(({ feed }) => feed)) ?? asOf;
  for (let at = Math.min(head + hourMs, asOf); ; at = Math.min(at + hourMs, asOf)) {
    await foldTo(at, partitions);
    journeys.turn(dayOf(at));
    if (at === asOf) return;
  }
}

async function foldTo(asOf: number, partitions: readonly Partition[]): Promise<void> {
  for (const { feed, state } of partitions) {
    state.store.advance(asOf);
    await feed.foldUntil(asOf, (record, decoded) => {
      aggregate(state, record, decoded);
    });
  }
}

/** The step after `asOf`; over a time without any view to count it leaps. Undefined at the end of the log. */
function nextStep(
  asOf: number,
  everyMs: number,
  partitions: readonly Partition[],
): number | undefined {
  const head = nextHead(partitions.map(({ feed }) => feed));
  if (head === undefined) return undefined;
  const isIdle = partitions.every(({ state }) => state.store.tokenCount() === 0);
  return isIdle ? Math.max(asOf + everyMs, stepAt(head, everyMs)) : asOf + everyMs;
}

function nextHead(feeds: readonly ViewFeed[]): number | undefined {
  const heads = feeds.flatMap(({ headAt }) => (headAt === undefined ? [] : [headAt]));
  return heads.length === 0 ? undefined : Math.min(...heads);
}

/** The first step at or after `time`; steps are multiples of their length. */
function stepAt(time: number, everyMs: number): number {
  return Math.ceil(time / everyMs) * everyMs;
}

function foldedOf(feeds: readonly ViewFeed[]): number {
  return feeds.reduce((sum, { folded }) => sum + folded, 0);
}

const isAll = (scope: string) => scope === scopeAll;
const isOther = (scope: string) => scope !== scopeAll;

function wants(scopes: readonly string[] | undefined, matches: (s: string) => boolean): boolean {
  return scopes === undefined || scopes.some(matches);
}

/** What stands before a partition's first view is no view, and no board shows it. */
function passOver(): void {}
