import { fullWeightMicro } from '../domain/counting-rules.ts';
import { type JourneyBits, journeyBitsEnd } from '../domain/journey.ts';
import { provenanceBuckets } from '../domain/provenance.ts';
import { paneIndexOf, type WindowLevel, windowLevels } from '../domain/window-level.ts';
import type { AggregateState } from './aggregate-state.ts';
import { OlderBaseError, section } from './base-format.ts';
import { ByteReader } from './bytes.ts';
import { grown, grownLength } from './columns.ts';
import type { StoreLoader } from './store-loader.ts';
import { gapMax, type StoredViewer } from './viewer-rows.ts';

const paneMax = 2 ** 31 - 1;
const viewsMax = 2 ** 32 - 1;
/** Room made in advance, per column: what a base says of its sizes is believed up to here, the rest grows. */
const rowsAtOnceMax = 2 ** 22;

/**
 * Fills a fresh state with the parts of a base, in their order. Room is made once, from the sizes at its beginning, so that nothing is
 * copied or hashed again on the way.
 */
export class BaseReader {
  readonly #state: AggregateState;
  readonly #loader: StoreLoader;
  /** Tokens of this store by their number in the base; undefined before the sizes. */
  #ids: Uint32Array<ArrayBuffer> | undefined;
  /** Hashes of their names, those of tokens too that are not kept any more. */
  #hashes = new Uint32Array(0);
  #numbers = 0;
  readonly #sighting = {
    token: 0,
    viewerHigh: 0,
    viewerLow: 0,
    networkHigh: 0,
    networkLow: 0,
    pane: 0,
    weightMicro: 0,
    gap: 0,
    journeys: 0,
    journeyDay: 0,
  };
  readonly #pane = { level: 0, pane: 0, views: 0 };
  #epochBase: number | undefined;

  constructor(state: AggregateState) {
    this.#state = state;
    this.#loader = state.store.loader();
  }

  /** What the epochs of this partition are counted from; undefined until the last part was read. */
  get epochBase(): number | undefined {
    return this.#epochBase;
  }

  /**
   * @throws OlderBaseError when another version wrote it; RangeError when it is cut short, of an unknown kind, out of order, or holds
   * what no state can hold.
   */
  add(part: Uint8Array): void {
    const reader = new ByteReader(part);
    const kind = reader.byte();
    if (this.#epochBase !== undefined) throw new RangeError('a base goes on behind its last part');
    if (kind > 0 && kind < section.sizes) throw new OlderBaseError(kind);
    if (kind > section.summary)
      throw new RangeError(`a base part of kind ${kind} is from a newer version`);
    if (kind === section.sizes) this.#makeRoom(reader);
    else if (kind === section.tokens) this.#addTokens(reader);
    else if (kind === section.viewers) this.#addViewers(reader);
    else if (kind === section.provenance) this.#addProvenance(reader);
    else if (kind === section.journeys) this.#addJourneys(reader);
    else if (kind === section.summary) this.#finish(reader);
    else throw new RangeError(`a base has no parts of kind ${kind}`);
    if (!reader.isAtEnd) throw new RangeError('a base part goes on behind its end');
  }

  #makeRoom(reader: ByteReader): void {
    const size = () => Math.min(reader.varint(), rowsAtOnceMax);
    const [tokens, viewers] = [size(), size()];
    const cells = windowLevels.map(size);
    this.#ids = new Uint32Array(tokens + 1);
    this.#hashes = new Uint32Array(tokens + 1);
    this.#numbers = 0;
    this.#state.store.reserve({ tokens, cells, viewers });
  }

  #begun(): Uint32Array<ArrayBuffer> {
    if (this.#ids === undefined) throw new RangeError('a base does not begin with its sizes');
    return this.#ids;
  }

  #addTokens(reader: ByteReader): void {
    let ids = this.#begun();
    const asOf = reader.varint();
    for (let name = reader.text(); name !== ''; name = reader.text()) {
      const number = ++this.#numbers;
      if (number >= ids.length) {
        const length = grownLength(ids.length, number + 1);
        ids = grown(ids, length);
        this.#hashes = grown(this.#hashes, length);
      }
      this.#hashes[number] = this.#state.store.hashOf(name);
      ids[number] = this.#addToken(reader, { name, asOf });
    }
    this.#ids = ids;
  }

  /** A token and all its panes, from the shortest level's newest on; 0 when none of them is kept any more. */
  #addToken(reader: ByteReader, { name, asOf }: { name: string; asOf: number }): number {
    let token = 0;
    for (const level of windowLevels) token = this.#addPanes(reader, { level, asOf, token, name });
    return token;
  }

  #addPanes(
    reader: ByteReader,
    of: { readonly level: WindowLevel; asOf: number; token: number; name: string },
  ): number {
    const stored = this.#pane;
    let { token } = of;
    stored.level = of.level.index;
    stored.pane = paneIndexOf(of.asOf, of.level.paneSizeMs);
    for (stored.views = reader.varint(); stored.views !== 0; stored.views = reader.varint()) {
      stored.pane = paneBefore(stored.pane, reader);
      if (stored.views > viewsMax) throw new RangeError(`${stored.views} views in one pane`);
      token = this.#loader.pane(token, of.name, stored);
    }
    return token;
  }

  #addViewers(reader: ByteReader): void {
    const ids = this.#begun();
    const reference = reader.varint();
    const sighting = this.#sighting;
    sighting.journeyDay = reader.varint();
    let number = 0;
    for (let step = reader.varint(); step !== 0; step = reader.varint()) {
      number += step - 1;
      if (number === 0 || number > this.#numbers)
        throw new RangeError(`a viewer of token ${number} of ${this.#numbers}`);
      sighting.token = ids[number] as number;
      sighting.pane = paneBefore(reference, reader);
      sighting.viewerHigh = reader.word();
      sighting.viewerLow = reader.word();
      sighting.networkHigh = reader.word();
      sighting.networkLow = reader.word();
      sighting.weightMicro = fullWeightMicro - reader.varint();
      if (sighting.weightMicro < 0) throw new RangeError('a viewer weighs less than nothing');
      sighting.gap = reader.varint();
      if (sighting.gap > gapMax) throw new RangeError('a viewer came back after too long');
      sighting.journeys = journeysIn(reader.byte());
      if (sighting.token !== 0) this.#loader.viewer(sighting);
      else this.#addLoose(sighting, this.#hashes[number] as number);
    }
  }

  #addLoose(viewer: Readonly<StoredViewer>, tokenHash: number): void {
    const { viewerHigh, viewerLow, journeys, journeyDay } = viewer;
    const pair = { tokenHash, viewerHigh, viewerLow };
    this.#loader.journeys(pair, journeys, journeyDay);
  }

  #addJourneys(reader: ByteReader): void {
    this.#begun();
    const day = reader.varint();
    for (let bits = reader.varint(); bits !== 0; bits = reader.varint()) {
      const [tokenHash, viewerHigh, viewerLow] = [reader.word(), reader.word(), reader.word()];
      this.#loader.journeys({ tokenHash, viewerHigh, viewerLow }, journeysIn(bits), day);
    }
  }

  #addProvenance(reader: ByteReader): void {
    const ids = this.#begun();
    const reference = reader.varint();
    for (let number = reader.varint(); number !== 0; number = reader.varint()) {
      if (number > this.#numbers)
        throw new RangeError(`an hour of token ${number} of ${this.#numbers}`);
      const token = ids[number] as number;
      const hour = paneBefore(reference, reader);
      const counts = [...readCounts(reader), ...readCounts(reader)];
      if (token !== 0) this.#loader.provenance({ token, hour, counts });
    }
  }

  #finish(reader: ByteReader): void {
    this.#begun();
    this.#loader.finish();
    this.#epochBase = reader.varint();
    const [inputOffset, journeyOffset, streamTime, logTime, newestReceivedAt, asOf] = [
      reader.varint(),
      reader.varint(),
      reader.varint(),
      reader.varint(),
      reader.varint(),
      reader.varint(),
    ];
    const counts: number[] = [];
    for (let left = reader.varint(); left > 0; left -= 1) counts.push(reader.varint());
    const offsets = { inputOffset, journeyOffset };
    this.#state.adopt({ ...offsets, streamTime, logTime, newestReceivedAt, asOf, counts });
  }
}

function journeysIn(bits: number): JourneyBits {
  if (bits >= journeyBitsEnd) throw new RangeError('more is known of a viewer than there is');
  return bits;
}

/** Counts of sources, or of countries. */
function readCounts(reader: ByteReader): number[] {
  const bits = reader.varint();
  if (bits >= 2 ** provenanceBuckets) throw new RangeError('views of too many sources');
  return Array.from({ length: provenanceBuckets }, (_, i) =>
    (bits & (1 << i)) === 0 ? 0 : reader.varint(),
  );
}

/** Panes are told as distances back from another one. */
function paneBefore(pane: number, reader: ByteReader): number {
  const before = pane - reader.signed();
  if (before < 0 || before > paneMax) throw new RangeError(`there is no pane ${before}`);
  return before;
}
