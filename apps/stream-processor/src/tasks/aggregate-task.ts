import type { ConsumedRecord, Decoded } from '@trending/kafka';
import { AppError } from '@trending/runtime';
import { type CandidateSet, topics } from '@trending/schemas';
import { emissionAsOf, inStepMs, WindowEmission } from '../domain/emission.ts';
import type { FoldedView } from '../domain/folded-view.ts';
import type { Load } from '../domain/rank-emission.ts';
import { type WindowLevel, windowLevels } from '../domain/window-level.ts';
import type { AggregateState } from '../state/aggregate-state.ts';
import { candidateSetOf } from '../state/candidate-sets.ts';
import type { CategoryTable } from '../state/category-table.ts';
import { Sightings } from '../state/sightings.ts';
import { aggregate, type DeadLetter } from '../topology.ts';

export interface AggregateTaskSettings {
  readonly partition: number;
  /** Where the counting stood when the partition was taken over. */
  readonly state: AggregateState;
  /** High watermark at assignment: nothing is emitted below it, so that boards do not step back. */
  readonly catchUpTo: number;
  readonly epoch: number;
  readonly categories: CategoryTable;
}

/** One partition's work without its I/O: records in, dead letters and candidate sets out. */
export class AggregateTask {
  readonly partition: number;
  readonly state: AggregateState;
  /** Dead letters on their way: what they cover must not be published before they are in their topic. */
  deadLettersPending = 0;
  /** Viewers that are not told yet. */
  readonly sightings = new Sightings();
  #isInformed = false;
  readonly #categories: CategoryTable;
  #emissions = freshEmissions();
  readonly #from: number;
  #catchUpTo: number;
  #epoch: number;

  constructor(settings: AggregateTaskSettings) {
    this.partition = settings.partition;
    this.#from = settings.state.inputOffset;
    this.#catchUpTo = settings.catchUpTo;
    this.#epoch = settings.epoch;
    this.#categories = settings.categories;
    this.state = settings.state;
    this.state.store.sightings = this.sightings;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Next offset to read. */
  get position(): number {
    return this.state.inputOffset;
  }

  get isCaughtUp(): boolean {
    return this.#isInformed && this.position >= this.#catchUpTo;
  }

  /** Does it know of its viewers what there was to know when it was taken over? */
  get isInformed(): boolean {
    return this.#isInformed;
  }

  informed(): void {
    this.#isInformed = true;
  }

  /** Records folded and to fold until caught up. */
  progress(): { readonly done: number; readonly total: number } {
    const total = Math.max(0, this.#catchUpTo - this.#from);
    return { done: Math.min(total, this.position - this.#from), total };
  }

  /** The partition was assigned to this process again: its state still stands at its position, under a new epoch. */
  reassigned(epoch: number, catchUpTo: number): void {
    this.#epoch = epoch;
    this.#catchUpTo = catchUpTo;
    this.#emissions = freshEmissions();
  }

  /** @throws AppError INPUT_GAP when records are missing in between; one seen before is skipped. */
  fold(record: ConsumedRecord, decoded: Decoded<FoldedView>): DeadLetter | undefined {
    if (record.offset > this.position) throw gapError(record, this.position);
    if (record.offset < this.position) return undefined;
    return aggregate(this.state, record, decoded);
  }

  /** When a candidate set is due next, ms; Infinity while none may leave. */
  nextDueAt(): number {
    if (!this.#mayEmit()) return Number.POSITIVE_INFINITY;
    return Math.min(...this.#emissions.map(({ level, emission }) => this.#dueAt(level, emission)));
  }

  /** Is a set of the window due at `now`? */
  isDue(level: WindowLevel, now: number): boolean {
    const emission = this.#emissions[level.index]?.emission;
    return this.#mayEmit() && emission !== undefined && this.#dueAt(level, emission) <= now;
  }

  /** The sets that are due at `now`; with `inStep`, of this window alone, and also when it would be due soon: see {@link inStepMs}. */
  punctuate(now: number, load: () => Load, inStep?: WindowLevel): CandidateSet[] {
    if (!this.#mayEmit()) return [];
    const sets: CandidateSet[] = [];
    for (const { level, emission } of this.#emissions) {
      if (inStep !== undefined && inStep !== level) continue;
      const aheadMs = inStep === undefined ? 0 : inStepMs(level);
      if (this.#dueAt(level, emission, aheadMs) > now) continue;
      this.state.store.advance(emissionAsOf(level, now));
      sets.push(candidateSetOf(this.state, level, this.#identity()));
      emission.emitted(this.state.store.version(level), now, load());
    }
    return sets;
  }

  #identity() {
    return {
      partition: this.partition,
      epoch: this.#epoch,
      metadataOffset: this.#categories.offset,
    };
  }

  #mayEmit(): boolean {
    return this.isCaughtUp && this.deadLettersPending === 0;
  }

  #dueAt(level: WindowLevel, emission: WindowEmission, aheadMs = 0): number {
    return emission.dueAt(this.state.store.version(level), aheadMs);
  }
}

/** Everything is due at once: the first sets of an epoch tell readers that it began. */
function freshEmissions() {
  return windowLevels.map((level) => ({ level, emission: new WindowEmission(level) }));
}

function gapError({ topic, partition, offset }: ConsumedRecord, expected: number): AppError {
  return new AppError({
    code: 'INPUT_GAP',
    message: `${topic}/${partition}: expected offset ${expected}, found ${offset}. Retention or truncation removed records before they were counted, and counts are never guessed. A restart does not mend it; to go on with what is left, stop the processors, delete the topic ${topics.viewDeltas.name} (behind TOPIC_PREFIX) and run npm run topics:apply: see 'Offsets are gone' in docs/operations.md.`,
  });
}
