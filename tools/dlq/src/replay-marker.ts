import type { ConsumedRecord, DeadLetterInfo, ProducedRecord } from '@trending/kafka';

/**
 * What makes a replay repeatable. Before letters go back, a `started` marker for each is appended to its partition of the
 * dead-letter topic, with the target's end offset; the record itself carries the letter's identity in a header; a `done` marker
 * follows its acknowledgement. Whoever finds `started` without `done` looks the target through from that offset for the header
 * and knows whether the record landed. Markers follow their letter, so retention never removes a marker before its letter.
 */
export type MarkerState = 'started' | 'done';

export interface ReplayMarker {
  /** Identity of the letter. */
  readonly of: string;
  readonly state: MarkerState;
  /** Where the record went. */
  readonly partition: number;
  /** started: the target's end offset before; done: where the record landed. */
  readonly offset: number;
}

const prefix = '__trending.replay.';

/** On a replayed record: the identity of the letter it came from. */
export const replayOfHeader = `${prefix}of`;

/** (topic, partition, offset, stage) of the original record; a letter appended twice has one identity. */
export function identityOf({ topic, partition, offset, stage }: DeadLetterInfo): string {
  return `${topic}/${partition}/${offset}/${stage}`;
}

export function markerRecord({ of, state, partition, offset }: ReplayMarker): ProducedRecord {
  return {
    key: of,
    value: null,
    headers: {
      [replayOfHeader]: of,
      [`${prefix}state`]: state,
      [`${prefix}partition`]: String(partition),
      [`${prefix}offset`]: String(offset),
    },
  };
}

/** Undefined when the record is no marker. */
export function markerOf({ headers }: ConsumedRecord): ReplayMarker | undefined {
  const read = (name: string) => textOf(headers[`${prefix}${name}`]);
  const state = read('state');
  if (state !== 'started' && state !== 'done') return undefined;
  const [partition, offset] = [Number(read('partition')), Number(read('offset'))];
  return { of: read('of'), state, partition, offset };
}

/** The letter that a record was replayed from, if it was. */
export function replayedFrom({ headers }: ConsumedRecord): string | undefined {
  const of = textOf(headers[replayOfHeader]);
  return of === '' ? undefined : of;
}

function textOf(header: Uint8Array | string | undefined): string {
  return header === undefined ? '' : Buffer.from(header).toString('utf8');
}
