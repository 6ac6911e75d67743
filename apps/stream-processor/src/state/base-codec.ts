import { fullWeightMicro } from '../domain/counting-rules.ts';
import { finestPaneMs, paneIndexOf, windowLevels } from '../domain/window-level.ts';
import type { AggregateState } from './aggregate-state.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import type { ViewCountStore } from './view-count-store.ts';

/** What a part holds. */
const section = { tokens: 1, viewers: 2, summary: 3 } as const;
/** A part is closed when it is this long: far below a record's limit, and a few milliseconds of work. */
const partBytesMin = 384 * 1024;

/**
 * A partition's whole state in parts, to be read by {@link BaseReader}. While parts are asked for one by one nothing may be folded,
 * but the windows may move on: what leaves them meanwhile is left out by the reader too, since the last part tells the final `asOf`.
 */
export function* encodeBase(
  state: AggregateState,
  epochBase: number,
  partBytes = partBytesMin,
): Generator<Uint8Array> {
  const { store } = state;
  const numbers = new Uint32Array(store.columns.tokens.end());
  yield* tokenParts(store, numbers, partBytes);
  yield* viewerParts(store, numbers, partBytes);
  const part = new ByteWriter();
  const { counts, ...sums } = state.summary();
  part.byte(section.summary);
  part.varint(epochBase);
  for (const sum of [sums.inputOffset, sums.streamTime, sums.logTime]) part.varint(sum);
  for (const sum of [sums.newestReceivedAt, sums.asOf, ...counts]) part.varint(sum);
  yield part.take();
}

/** `numbers` is told which place a token has among all of the base, from 1 on. */
function* tokenParts(
  store: ViewCountStore,
  numbers: Uint32Array,
  partBytes: number,
): Generator<Uint8Array> {
  const { tokens, cells } = store.columns;
  let part = partOf(section.tokens);
  let number = 0;
  for (let id = 1; id < numbers.length; id += 1) {
    const name = tokens.nameOf(id);
    if (name === '') continue;
    number += 1;
    numbers[id] = number;
    part.text(name);
    for (const level of windowLevels) {
      let newer = paneIndexOf(store.asOf, level.paneSizeMs);
      cells[level.index]?.readAll(id, (pane, views) => {
        part.varint(views);
        part.signed(newer - pane);
        newer = pane;
      });
      part.varint(0);
    }
    if (part.length < partBytes) continue;
    yield part.take();
    part = partOf(section.tokens);
  }
  yield part.take();

  /** Panes of a part are told as distances from its `asOf`, which moves between parts. */
  function partOf(kind: number): ByteWriter {
    const writer = new ByteWriter();
    writer.byte(kind);
    writer.varint(store.asOf);
    return writer;
  }
}

function* viewerParts(
  store: ViewCountStore,
  numbers: Uint32Array,
  partBytes: number,
): Generator<Uint8Array> {
  const { viewers } = store.columns;
  const reference = paneIndexOf(store.asOf, finestPaneMs);
  let part = begin();
  for (let row = 1; row < viewers.end(); row += 1) {
    const pane = viewers.lastPanes[row] as number;
    const number = numbers[viewers.tokens[row] as number] ?? 0;
    if (pane === -1 || number === 0) continue;
    part.varint(number);
    part.signed(reference - pane);
    part.word(viewers.viewerHighs[row] as number);
    part.word(viewers.viewerLows[row] as number);
    part.word(viewers.networkHighs[row] as number);
    part.word(viewers.networkLows[row] as number);
    part.varint(fullWeightMicro - (viewers.weights[row] as number));
    if (part.length < partBytes) continue;
    yield part.take();
    part = begin();
  }
  yield part.take();

  function begin(): ByteWriter {
    const writer = new ByteWriter();
    writer.byte(section.viewers);
    writer.varint(reference);
    return writer;
  }
}

/** Fills a fresh state with the parts of a base, in their order. */
export class BaseReader {
  readonly #state: AggregateState;
  /** Tokens of this store by their number in the base. */
  readonly #ids: number[] = [0];
  readonly #sighting = {
    token: 0,
    viewerHigh: 0,
    viewerLow: 0,
    networkHigh: 0,
    networkLow: 0,
    pane: 0,
    weightMicro: 0,
  };
  readonly #pane = { level: 0, pane: 0, views: 0 };
  #epochBase: number | undefined;

  constructor(state: AggregateState) {
    this.#state = state;
  }

  /** What the epochs of this partition are counted from; undefined until the last part was read. */
  get epochBase(): number | undefined {
    return this.#epochBase;
  }

  /** @throws RangeError when the part is cut short or of an unknown kind. */
  add(part: Uint8Array): void {
    const reader = new ByteReader(part);
    const kind = reader.byte();
    if (kind === section.tokens) this.#addTokens(reader);
    else if (kind === section.viewers) this.#addViewers(reader);
    else if (kind === section.summary) this.#finish(reader);
    else throw new RangeError(`a base part of kind ${kind} is from a newer version`);
  }

  #addTokens(reader: ByteReader): void {
    const asOf = reader.varint();
    while (!reader.isAtEnd) this.#ids.push(this.#addToken(reader, asOf));
  }

  /** A token and all its panes, from the shortest level's newest on; 0 when none of them is kept any more. */
  #addToken(reader: ByteReader, asOf: number): number {
    const { store } = this.#state;
    const name = reader.text();
    const stored = this.#pane;
    let token = 0;
    for (const level of windowLevels) {
      stored.level = level.index;
      stored.pane = paneIndexOf(asOf, level.paneSizeMs);
      for (stored.views = reader.varint(); stored.views !== 0; stored.views = reader.varint()) {
        stored.pane -= reader.signed();
        token = store.loadPane(token, name, stored);
      }
    }
    return token;
  }

  #addViewers(reader: ByteReader): void {
    const reference = reader.varint();
    const sighting = this.#sighting;
    while (!reader.isAtEnd) {
      sighting.token = this.#ids[reader.varint()] ?? 0;
      sighting.pane = reference - reader.signed();
      sighting.viewerHigh = reader.word();
      sighting.viewerLow = reader.word();
      sighting.networkHigh = reader.word();
      sighting.networkLow = reader.word();
      sighting.weightMicro = fullWeightMicro - reader.varint();
      if (sighting.token !== 0) this.#state.store.loadViewer(sighting);
    }
  }

  #finish(reader: ByteReader): void {
    this.#epochBase = reader.varint();
    const [inputOffset, streamTime, logTime, newestReceivedAt, asOf] = [
      reader.varint(),
      reader.varint(),
      reader.varint(),
      reader.varint(),
      reader.varint(),
    ];
    const counts: number[] = [];
    while (!reader.isAtEnd) counts.push(reader.varint());
    this.#state.adopt({ inputOffset, streamTime, logTime, newestReceivedAt, asOf, counts });
  }
}
