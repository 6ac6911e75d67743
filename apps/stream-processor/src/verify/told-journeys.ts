import { type Log, type Serde, type TopicPartition, topicName } from '@trending/kafka';
import { topics, type ViewerJourneys } from '@trending/schemas';
import { journeyReachMs } from '../domain/journey.ts';
import type { AggregateState } from '../state/aggregate-state.ts';
import { partitionToldOf, type ToldRecord, toldIn } from '../tasks/journey-records.ts';

/** Where facts of viewers come from. */
export interface JourneyPorts {
  /** End of the journeys topic. */
  readonly journeysEnd: number;
  /** The facts for a partition in records below the end, from the oldest that may count at `asOf` on. */
  readonly journeysOf: (partition: number, asOf: number) => AsyncIterable<ToldRecord>;
}

/** Tells a state that is being rebuilt what the topic told, up to where something is compared. */
export class ToldJourneys {
  readonly #state: AggregateState;
  readonly #records: AsyncIterator<ToldRecord>;
  #ahead: ToldRecord | undefined;

  constructor(state: AggregateState, records: AsyncIterable<ToldRecord>) {
    this.#state = state;
    this.#records = records[Symbol.asyncIterator]();
  }

  /** All below `offset`, which never goes back. */
  async upTo(offset: number): Promise<void> {
    for (;;) {
      this.#ahead ??= await this.#next();
      if (this.#ahead === undefined || this.#ahead.offset >= offset) break;
      this.#state.applyJourneys(this.#ahead.offset + 1, this.#ahead.groups);
      this.#ahead = undefined;
    }
    this.#state.applyJourneys(offset, []);
  }

  async end(): Promise<void> {
    await this.#records.return?.();
  }

  async #next(): Promise<ToldRecord | undefined> {
    const { done, value } = await this.#records.next();
    return done === true ? undefined : value;
  }
}

/** The journeys topic as it is now. */
export async function journeyPorts(
  log: Log,
  serde: Serde<ViewerJourneys>,
  prefix: string,
): Promise<JourneyPorts> {
  const target = { topic: topicName(topics.journeys, prefix), partition: 0 };
  const journeysEnd = (await log.endOffsets(target.topic)).get(0) ?? 0;
  return {
    journeysEnd,
    journeysOf: (partition, asOf) =>
      recordsOf({ log, serde, target, to: journeysEnd }, { partition, asOf }),
  };
}

interface ReadTopic {
  readonly log: Log;
  readonly serde: Serde<ViewerJourneys>;
  readonly target: TopicPartition;
  readonly to: number;
}

async function* recordsOf(
  { log, serde, target, to }: ReadTopic,
  { partition, asOf }: { readonly partition: number; readonly asOf: number },
): AsyncGenerator<ToldRecord> {
  const starts = await log.offsetsForTime(target.topic, asOf - journeyReachMs);
  const from = Math.min(starts.get(target.partition) ?? 0, to);
  if (from >= to) return;
  for await (const { records } of log.read(target, { from, to }))
    for (const record of records) {
      const told = partitionToldOf(record) === partition ? await toldIn(serde, record) : undefined;
      if (told !== undefined) yield told;
    }
}
