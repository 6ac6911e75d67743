import type { ConsumedRecord, Log, TopicPartition } from '@trending/kafka';

export interface ReadAheadSettings {
  readonly log: Pick<Log, 'read' | 'startOffsets' | 'endOffsets'>;
  readonly target: TopicPartition;
  /** Takes in what comes next. */
  readonly take: (records: readonly ConsumedRecord[]) => Promise<void>;
  /** The topic was made anew. */
  readonly forget: () => void;
}

/** Reads a partition up to where it is asked, every record once. A member that stands by keeps level, so that taking over reads only what came since. */
export class ReadAhead {
  readonly #settings: ReadAheadSettings;
  #next = 0;
  /** One reader at a time: each goes on where the one before ended. */
  #turn: Promise<void> = Promise.resolve();

  constructor(settings: ReadAheadSettings) {
    this.#settings = settings;
  }

  /** Takes in the records below `offset` that it has not read yet; later ones may have been read already. */
  readTo(offset: number): Promise<void> {
    const turn = this.#turn.then(() => this.#read(offset));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #read(to: number): Promise<void> {
    const { log, target, take, forget } = this.#settings;
    if (to < this.#next) {
      // A topic made anew begins at 0 again.
      const end = (await log.endOffsets(target.topic)).get(target.partition) ?? 0;
      if (end >= this.#next) return;
      this.#next = 0;
      forget();
    }
    const start = (await log.startOffsets(target.topic)).get(target.partition) ?? 0;
    const from = Math.max(this.#next, start);
    if (from < to)
      for await (const { records } of log.read(target, { from, to })) {
        await take(records);
        this.#next = (records.at(-1)?.offset ?? this.#next - 1) + 1;
      }
    this.#next = Math.max(this.#next, to);
  }
}

/** Bytes of a record are a piece of the batch it came in; what is kept for long must not keep the rest. */
export function detached(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength < bytes.buffer.byteLength ? Uint8Array.from(bytes) : bytes;
}
