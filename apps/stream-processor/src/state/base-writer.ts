import { fullWeightMicro } from '../domain/counting-rules.ts';
import { hourMs } from '../domain/hour-rules.ts';
import { provenanceBuckets } from '../domain/provenance.ts';
import { finestPaneMs, paneIndexOf, windowLevels } from '../domain/window-level.ts';
import type { AggregateState } from './aggregate-state.ts';
import { section } from './base-format.ts';
import { ByteWriter } from './bytes.ts';
import type { StoreColumns } from './store-columns.ts';
import type { ViewCountStore } from './view-count-store.ts';

/** A part is closed when it is this long: far below a record's limit, and a few milliseconds of work. */
const partBytesMin = 384 * 1024;

/**
 * A partition's whole state in parts, to be read by {@link BaseReader}: how much there is, tokens, viewers token by token, the rest.
 * While parts are asked for one by one nothing may be folded, but the windows may move on: what leaves them meanwhile is left out by
 * the reader too, since the last part tells the final `asOf`.
 */
export function* encodeBase(
  state: AggregateState,
  epochBase: number,
  partBytes = partBytesMin,
): Generator<Uint8Array> {
  const { store } = state;
  const numbers = new Uint32Array(store.columns.tokens.end());
  // Facts that come while parts are asked for may be in it or not: whoever restores reads on from here.
  const { journeyOffset } = state;
  yield sizesPart(store.columns);
  yield* tokenParts(store, numbers, partBytes);
  yield* viewerParts(store, numbers, partBytes);
  yield* provenanceParts(store, numbers, partBytes);
  yield* journeyParts(store, partBytes);
  const part = new ByteWriter();
  const { counts, ...sums } = state.summary();
  part.byte(section.summary);
  part.varint(epochBase);
  for (const sum of [sums.inputOffset, journeyOffset, sums.streamTime, sums.logTime])
    part.varint(sum);
  for (const sum of [sums.newestReceivedAt, sums.asOf, counts.length, ...counts]) part.varint(sum);
  yield part.take();
}

/** Lets the reader make room once. */
function sizesPart({ tokens, cells, viewers }: StoreColumns): Uint8Array {
  const part = new ByteWriter();
  part.byte(section.sizes);
  for (const size of [tokens.size(), viewers.size()]) part.varint(size);
  for (const level of cells) part.varint(level.cells());
  return part.take();
}

/** `numbers` is told which place a token has among all of the base, from 1 on. */
function tokenParts(
  store: ViewCountStore,
  numbers: Uint32Array,
  partBytes: number,
): Generator<Uint8Array> {
  const { tokens, cells } = store.columns;
  let number = 0;
  // Panes of a part are told as distances from its `asOf`, which moves between parts.
  const begin = () => begun(section.tokens, store.asOf);
  return inParts(idsUpTo(numbers.length), { partBytes, begin }, (part, id) => {
    const name = tokens.nameOf(id);
    if (name === '') return;
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
  });
}

function* idsUpTo(length: number): Generator<number> {
  for (let id = 1; id < length; id += 1) yield id;
}

/** Viewers follow each other token by token, so that a reader works on one token's sums at a time. */
function* viewerParts(
  store: ViewCountStore,
  numbers: Uint32Array,
  partBytes: number,
): Generator<Uint8Array> {
  const { viewers, journeys } = store.columns;
  const reference = paneIndexOf(store.asOf, finestPaneMs);
  let before = 0;
  const begin = () => {
    before = 0;
    const part = begun(section.viewers, reference);
    part.varint(journeys.day);
    return part;
  };
  yield* inParts(rowsByToken(viewers, numbers.length), { partBytes, begin }, (part, row) => {
    const pane = viewers.lastPaneOf(row);
    const number = numbers[viewers.tokenOf(row)] ?? 0;
    if (number === 0) return;
    part.varint(1 + number - before);
    before = number;
    part.signed(reference - pane);
    part.word(viewers.viewerHighOf(row));
    part.word(viewers.viewerLowOf(row));
    part.word(viewers.networkHighOf(row));
    part.word(viewers.networkLowOf(row));
    part.varint(fullWeightMicro - viewers.weightOf(row));
    part.varint(viewers.gapOf(row));
    part.byte(viewers.journeysOf(row));
  });
}

/** Where views of a token's hour came from. */
function* provenanceParts(
  store: ViewCountStore,
  numbers: Uint32Array,
  partBytes: number,
): Generator<Uint8Array> {
  const reference = paneIndexOf(store.asOf, hourMs);
  const begin = () => begun(section.provenance, reference);
  const hours = store.columns.provenance.all();
  yield* inParts(hours, { partBytes, begin }, (part, { token, hour, counts }) => {
    const number = numbers[token] ?? 0;
    if (number === 0) return;
    part.varint(number);
    part.signed(reference - hour);
    for (const half of [0, provenanceBuckets]) writeCounts(part, counts, half);
  });
}

/** Facts of viewers who have no row. */
function journeyParts(store: ViewCountStore, partBytes: number): Generator<Uint8Array> {
  const { journeys } = store.columns;
  const begin = () => begun(section.journeys, journeys.day);
  return inParts(journeys.loose.all(), { partBytes, begin }, (part, fact) => {
    part.varint(fact.bits);
    part.word(fact.tokenHash);
    part.word(fact.viewerHigh);
    part.word(fact.viewerLow);
  });
}

interface PartSettings {
  readonly partBytes: number;
  readonly begin: () => ByteWriter;
}

/** Writes rows into parts, each closed when it is long enough; the last one may hold none. */
function* inParts<T>(
  rows: Iterable<T>,
  { partBytes, begin }: PartSettings,
  write: (part: ByteWriter, row: T) => void,
): Generator<Uint8Array> {
  let part = begin();
  for (const row of rows) {
    write(part, row);
    if (part.length < partBytes) continue;
    yield ended(part);
    part = begin();
  }
  yield ended(part);
}

/** A part of a kind, whose panes are told as distances from `reference`. */
function begun(kind: number, reference: number): ByteWriter {
  const part = new ByteWriter();
  part.byte(kind);
  part.varint(reference);
  return part;
}

/** The counts of sources, or of countries, from `start` on that are not 0, behind a bit for each. */
function writeCounts(part: ByteWriter, counts: ArrayLike<number>, start: number): void {
  let bits = 0;
  for (let i = 0; i < provenanceBuckets; i += 1)
    if ((counts[start + i] as number) > 0) bits |= 1 << i;
  part.varint(bits);
  for (let i = 0; i < provenanceBuckets; i += 1)
    if ((bits & (1 << i)) !== 0) part.varint(counts[start + i] as number);
}

/** A token without a name, or a viewer of none, is the last: a part that was cut anywhere lacks it. */
function ended(part: ByteWriter): Uint8Array {
  part.varint(0);
  return part.take();
}

/** The rows in use, those of a token together: a counting sort. `tokens`: one past the highest token. */
function rowsByToken(viewers: StoreColumns['viewers'], tokens: number): Uint32Array {
  const starts = new Uint32Array(tokens + 1);
  const end = viewers.end();
  for (let row = 1; row < end; row += 1) {
    const token = viewers.tokenOf(row);
    if (token === 0) continue;
    const next = token + 1;
    starts[next] = (starts[next] as number) + 1;
  }
  for (let token = 1; token <= tokens; token += 1)
    starts[token] = (starts[token] as number) + (starts[token - 1] as number);
  const rows = new Uint32Array(starts[tokens] as number);
  for (let row = 1; row < end; row += 1) {
    const token = viewers.tokenOf(row);
    if (token === 0) continue;
    rows[starts[token] as number] = row;
    starts[token] = (starts[token] as number) + 1;
  }
  return rows;
}
