import { setImmediate as nextTurn } from 'node:timers/promises';
import { type BatchContext, beatingWhile, type ConsumedRecord } from '@trending/kafka';
import { type ViewerJourneys, type ViewerSightings, viewerBytes } from '@trending/schemas';
import { dayOf } from '../domain/journey.ts';
import { JourneyFacts } from '../state/journey-facts.ts';
import { JourneyMemory } from '../state/journey-memory.ts';
import { journeyPieces } from '../state/journey-pieces.ts';
import { appendChunksOf } from './append-chunks.ts';
import type { SightingFate } from './journey-metrics.ts';
import type { JourneyPorts } from './journey-ports.ts';
import { decoded } from './rank-ports.ts';
import { slicesOf } from './record-slices.ts';
import { withRetries } from './retry.ts';

/** What is taken in one go: some 20 ms. */
const slice = { bytes: 160_000, records: 500 };
/** Of a record of facts, about. */
const recordBytesMax = 300_000;

/** One partition of the sightings: its memory, and how far it has read. */
export class JourneyTask {
  readonly partition: number;
  readonly #ports: JourneyPorts;
  readonly #memory = new JourneyMemory();
  readonly #begin: number;
  #position: number;
  /** Where the rebuild ends. */
  #end: number;
  #isCaughtUp = false;
  /** One after the other, or something would be taken twice: assignments overlap. */
  #working: Promise<void> = Promise.resolve();

  constructor(ports: JourneyPorts, partition: number, begin: number) {
    this.#ports = ports;
    this.partition = partition;
    this.#begin = begin;
    this.#position = begin;
    this.#end = begin;
  }

  /** Next offset to take; the facts of what is below it are in the log. */
  get position(): number {
    return this.#position;
  }

  get isCaughtUp(): boolean {
    return this.#isCaughtUp;
  }

  viewers(): number {
    return this.#memory.size();
  }

  /** Records of the rebuild. */
  progress(): { readonly done: number; readonly total: number } {
    return { done: this.#position - this.#begin, total: this.#end - this.#begin };
  }

  /** Waits for what is under way. @returns may reading go on at its position? Not when facts could not be told: the memory is ahead of them. */
  settled(): Promise<boolean> {
    return this.#working.then(
      () => true,
      () => false,
    );
  }

  /** Takes what is below `end` without telling facts: they are in the log already. Stops early when nobody wants it any more. */
  async rebuild(end: number, isGoingOn: () => boolean): Promise<void> {
    const { logger } = this.#ports;
    this.#isCaughtUp = false;
    await this.#inTurn(async () => {
      this.#end = Math.max(end, this.#position);
      await withRetries(
        () => this.#readTo(this.#end, isGoingOn),
        (error) => logger.warn({ err: error }, 'sightings cannot be read on yet'),
      );
      this.#isCaughtUp = this.#position === this.#end;
    });
  }

  /**
   * Takes a batch in slices: the facts of each are appended before the next one. Facts go out even when the partition was taken away meanwhile:
   * the memory stands behind them, and whoever owns it tells the same ones again.
   */
  async handle(records: readonly ConsumedRecord[], context: BatchContext): Promise<void> {
    for (const slice of slicesToTake(records)) {
      if (!context.isCurrent()) return;
      await beatingWhile(
        context,
        this.#inTurn(() => this.#takeAndTell(slice)),
      );
      await context.heartbeat();
    }
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#working = this.#working.then(work);
    return this.#working;
  }

  async #readTo(end: number, isGoingOn: () => boolean): Promise<void> {
    const { log, sightingsTopic: topic } = this.#ports;
    if (this.#position >= end) return;
    const target = { topic, partition: this.partition };
    const range = { from: this.#position, to: end, withMarkers: true };
    for await (const { records } of log.read(target, range)) {
      for (const slice of slicesToTake(records)) {
        await this.#take(slice);
        this.#position = endOf(slice);
        await nextTurn();
        if (!isGoingOn()) return;
      }
    }
    this.#position = end;
  }

  async #takeAndTell(given: readonly ConsumedRecord[]): Promise<void> {
    const { metrics } = this.#ports;
    // A batch may come twice, the second time a shorter one: the position never goes back.
    const slice = given.filter(({ offset }) => offset >= this.#position);
    if (slice.length === 0) return;
    const before = this.#memory.counts();
    const facts = new JourneyFacts();
    await this.#take(slice, facts);
    await this.#append(facts.all());
    const after = this.#memory.counts();
    for (const fate of Object.keys(after) as SightingFate[])
      metrics.sightings.inc({ fate }, after[fate] - before[fate]);
    this.#position = endOf(slice);
  }

  /** Without `told` the facts are told already, and what does not decode was logged then. */
  async #take(slice: readonly ConsumedRecord[], told?: JourneyFacts): Promise<void> {
    for (const record of slice) {
      if (record.isMarker) continue;
      const sightings = await this.#decoded(record);
      // By the time at which the log took it, not by the clock: a rebuild must see what was seen then.
      const today = dayOf(record.timestamp);
      if (sightings !== undefined) this.#memory.enter(sightings, today, told);
      else if (told !== undefined) this.#passOver(record);
    }
  }

  async #decoded({ value }: ConsumedRecord): Promise<ViewerSightings | undefined> {
    const { sightings, logger } = this.#ports;
    if (value === null) return undefined;
    return await withRetries(
      () => decoded(sightings, value),
      (error) => logger.warn({ err: error }, 'schema registry does not answer'),
    );
  }

  /** It costs its facts, and nobody a view. */
  #passOver({ partition, offset }: ConsumedRecord): void {
    const { logger, metrics } = this.#ports;
    logger.error({ partition, offset }, 'record of the sightings does not decode; passed over');
    metrics.undecoded.inc();
  }

  async #append(facts: readonly ViewerJourneys[]): Promise<void> {
    const { log, logger, metrics, journeys, journeysTarget } = this.#ports;
    const records = [...journeyPieces(facts, recordBytesMax)].map((piece) => ({
      key: String(piece.partition),
      value: journeys.encode(inBuffers(piece)),
    }));
    for (const chunk of appendChunksOf(records))
      await withRetries(
        () => log.append(journeysTarget, chunk),
        (error) => logger.warn({ err: error }, 'journeys could not be appended yet'),
      );
    for (const { came, went } of facts.flatMap(({ groups }) => groups)) {
      metrics.facts.inc({ kind: 'came' }, came.length / viewerBytes);
      metrics.facts.inc({ kind: 'went' }, went.length / viewerBytes);
    }
  }
}

/** Pieces that are taken in one go. */
function slicesToTake(records: readonly ConsumedRecord[]): Iterable<readonly ConsumedRecord[]> {
  return slicesOf(records, slice, (record) => record);
}

/** The codec takes bytes as buffers only. */
function inBuffers({ partition, groups }: ViewerJourneys): ViewerJourneys {
  return {
    partition,
    groups: groups.map((group) => ({
      ...group,
      came: bufferOf(group.came),
      went: bufferOf(group.went),
    })),
  };
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function endOf(slice: readonly ConsumedRecord[]): number {
  return (slice.at(-1)?.offset ?? 0) + 1;
}
