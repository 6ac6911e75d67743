import type { ConsumedRecord } from '@trending/kafka';
import type { ViewDelta } from '@trending/schemas';
import { oracleSerdes } from './shared-serde.ts';

const serde = oracleSerdes.deltas;

export interface FencePoint {
  readonly offset: number;
  /** Input offset that everything before the fence covers; undefined before the first base. */
  readonly end: number | undefined;
  readonly chain: Uint8Array;
}

/** The rules of the checkpoint log once more, from its first record on, whatever was deleted since. */
export class NaiveCheckpoints {
  readonly fences: FencePoint[] = [];
  end: number | undefined;
  #chain: Uint8Array = new Uint8Array(0);
  #owner = '';
  /** Whose first base is being read, and its next part. */
  #basedBy = '';
  #part = 0;
  #taken = 0;

  /** Goes on to the end of the archive. */
  follow(archive: readonly ConsumedRecord[], chainAfter: ChainAfter): void {
    for (const { offset, value } of archive.slice(this.#taken)) {
      const decoded = value === null ? undefined : serde.decode(value);
      if (decoded?.ok) this.#take(offset, decoded.value, chainAfter);
    }
    this.#taken = archive.length;
  }

  #take(offset: number, record: ViewDelta, chainAfter: ChainAfter): void {
    if (record.kind === 'fence') {
      this.fences.push({ offset, end: this.end, chain: this.#chain });
      this.#owner = record.ownerId;
      return;
    }
    if (record.ownerId !== this.#owner) return;
    if (
      record.kind === 'delta' &&
      record.start === this.end &&
      Buffer.compare(record.chain, this.#chain) === 0
    ) {
      this.#chain = chainAfter(this.#chain, record);
      this.end = record.end;
    }
    if (record.kind === 'base' && this.end === undefined && this.#isLastPart(record)) {
      this.end = record.end;
      this.#chain = record.chain;
    }
  }

  /** An owner writes its first base once: a part 0 behind others is a copy that landed late, and so is a second fence between them. */
  #isLastPart({ ownerId, part, parts }: ViewDelta): boolean {
    if (part === 0 && this.#basedBy !== ownerId) {
      this.#basedBy = ownerId;
      this.#part = 0;
    }
    if (this.#basedBy !== ownerId || part !== this.#part) return false;
    this.#part += 1;
    return part + 1 === parts;
  }
}

export type ChainAfter = (chain: Uint8Array, delta: ViewDelta) => Uint8Array;
