import { entersPanes, recallsViewer, type Verdict, viewVerdicts } from '../domain/classify.ts';
import { fullWeightMicro } from '../domain/counting-rules.ts';
import type { FoldedView } from '../domain/folded-view.ts';
import { hashBytes } from '../domain/hash.ts';
import { ByteReader, ByteWriter } from './bytes.ts';

/** Verdicts by their code in the journal. A code, once given, keeps its meaning: new ones go to the end. */
const verdicts: readonly Verdict[] = [
  ...viewVerdicts,
  { class: 'dead-lettered', reason: 'avro' },
  { class: 'marker', reason: '' },
];
const deadLetteredCode = viewVerdicts.length;
const markerCode = deadLetteredCode + 1;
/** Added to the code of a row that tells where its view came from. */
const provenanceFlag = 0x40;
const codes = new Map(viewVerdicts.map((verdict, code) => [verdict, code]));

/** Where a row comes from: the record's timestamp, and the view's identity in the memory of recent views, 64 bits as two words. */
export interface RowOrigin {
  readonly timestamp: number;
  readonly eventHigh: number;
  readonly eventLow: number;
  /** As `provenanceOf` tells it; of a view that enters the panes. */
  readonly provenance: number;
}

/** What the fold made of one record. The view's parts that its verdict does not need are empty. */
export interface JournalRow {
  verdict: Verdict;
  /** Of the record, ms. */
  timestamp: number;
  /** Empty when the reader does not ask for names. */
  token: string;
  tokenHash: number;
  eventHigh: number;
  eventLow: number;
  readonly viewer: Uint8Array;
  readonly network: Uint8Array;
  viewedAt: number;
  weightMicro: number;
  /** As `provenanceOf` tells it. */
  provenance: number;
}

/**
 * What the fold made of consecutive records, in their order, in about 40 bytes each. It is a pure function of the records, so
 * it does not matter who wrote it; replaying it gives the state, and the memory of recent views, that the fold itself would.
 */
export class ViewJournal {
  /** Offset of the first row. */
  readonly start: number;
  /** Greatest receive time of a view that entered the panes, ms; 0 without one. */
  newestReceivedAt = 0;
  readonly #writer = new ByteWriter();
  readonly #tokens = new Map<string, number>();
  #rows = 0;
  #lastTimestamp = 0;

  constructor(start: number) {
    this.start = start;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Offset behind the last row. */
  get end(): number {
    return this.start + this.#rows;
  }

  get bytes(): number {
    return this.#writer.length;
  }

  /** A record that is no view. */
  addDeadLetter(timestamp: number): void {
    this.#begin(deadLetteredCode, timestamp);
  }

  /** A transaction's marker has no time of its own. */
  addMarker(): void {
    this.#begin(markerCode, this.#lastTimestamp);
  }

  addView(verdict: Verdict, view: FoldedView, origin: RowOrigin): void {
    const writer = this.#writer;
    const { timestamp } = origin;
    const code = codes.get(verdict);
    if (code === undefined) throw new RangeError(`verdict '${verdict.reason}' has no code`);
    const isCounted = entersPanes(verdict);
    this.#begin(isCounted ? code | provenanceFlag : code, timestamp);
    this.#token(view.token);
    writer.signed(timestamp - view.viewedAt);
    writer.word(origin.eventHigh);
    writer.word(origin.eventLow);
    if (recallsViewer(verdict)) writer.raw(view.viewer);
    if (!isCounted) return;
    writer.raw(view.network);
    writer.varint(fullWeightMicro - view.weightMicro);
    writer.byte(origin.provenance);
    const receivedAt = receiptOf(view, timestamp);
    if (receivedAt > this.newestReceivedAt) this.newestReceivedAt = receivedAt;
  }

  /** The rows as bytes, for {@link readJournal}. */
  payload(): Uint8Array {
    const whole = new ByteWriter();
    whole.varint(this.#rows);
    whole.varint(this.newestReceivedAt);
    whole.raw(this.#writer.take());
    return whole.take();
  }

  #begin(code: number, timestamp: number): void {
    this.#writer.byte(code);
    this.#writer.signed(timestamp - this.#lastTimestamp);
    this.#lastTimestamp = timestamp;
    this.#rows += 1;
  }

  /** Its number among the journal's tokens from 1 on; 0 and the name the first time. */
  #token(token: string): void {
    const known = this.#tokens.get(token);
    if (known !== undefined) {
      this.#writer.varint(known);
      return;
    }
    this.#tokens.set(token, this.#tokens.size + 1);
    this.#writer.varint(0);
    this.#writer.text(token);
  }
}

/** Receive time of a view, ms: what it says, but never after its record, which the broker bounds. */
export function receiptOf({ receivedAt }: FoldedView, timestamp: number): number {
  return Math.min(receivedAt, timestamp);
}

/** Is there more to a row than its verdict and time? */
export function tellsView(verdict: Verdict): boolean {
  return verdict.class !== 'dead-lettered' && verdict.class !== 'marker';
}

/** A journal as it was written. */
export interface WrittenJournal {
  readonly payload: Uint8Array;
  /** How many are expected. */
  readonly rows: number;
  /** Are names of tokens of interest, beside their hashes? By default they are. */
  readonly withNames?: boolean;
}

/** Tokens by their number in a journal, less 1. */
interface JournalTokens {
  readonly withNames: boolean;
  readonly names: string[];
  readonly hashes: number[];
}

/**
 * Calls `visit` with every row, in order; the row is reused. Returns the greatest receive time of a view that entered the panes.
 * @throws RangeError when bytes are missing, or when it holds another number of rows than expected.
 */
export function readJournal(journal: WrittenJournal, visit: (row: JournalRow) => void): number {
  const reader = new ByteReader(journal.payload);
  const rows = reader.varint();
  if (rows !== journal.rows)
    throw new RangeError(`${rows} rows where ${journal.rows} were expected`);
  const newestReceivedAt = reader.varint();
  const tokens = { withNames: journal.withNames ?? true, names: [], hashes: [] };
  const row = emptyRow();
  for (let i = 0; i < rows; i += 1) {
    readRow(reader, row, tokens);
    visit(row);
  }
  return newestReceivedAt;
}

function readRow(reader: ByteReader, row: JournalRow, tokens: JournalTokens): void {
  const code = reader.byte();
  const verdict = verdicts[code & ~provenanceFlag];
  if (verdict === undefined) throw new RangeError('a row has a verdict from a newer version');
  row.verdict = verdict;
  row.timestamp += reader.signed();
  if (!tellsView(verdict)) return;
  readToken(reader, row, tokens);
  row.viewedAt = row.timestamp - reader.signed();
  row.eventHigh = reader.word();
  row.eventLow = reader.word();
  if (recallsViewer(verdict)) copy(reader, row.viewer);
  if (!entersPanes(verdict)) return;
  copy(reader, row.network);
  row.weightMicro = fullWeightMicro - reader.varint();
  row.provenance = (code & provenanceFlag) === 0 ? 0 : reader.byte();
}

function readToken(reader: ByteReader, row: JournalRow, tokens: JournalTokens): void {
  const { hashes, names } = tokens;
  const known = reader.varint();
  if (known > hashes.length) throw new RangeError(`token number ${known} has no name`);
  if (known === 0) readNewToken(reader, tokens);
  const at = known === 0 ? hashes.length - 1 : known - 1;
  row.tokenHash = hashes[at] as number;
  if (tokens.withNames) row.token = names[at] as string;
}

/** A name is a byte for each code unit. */
function readNewToken(reader: ByteReader, { withNames, names, hashes }: JournalTokens): void {
  const length = reader.varint();
  const at = reader.skip(length);
  hashes.push(hashBytes(reader.bytes, at, at + length));
  if (withNames) names.push(reader.bytes.toString('latin1', at, at + length));
}

function copy(reader: ByteReader, target: Uint8Array): void {
  const at = reader.skip(target.length);
  for (let i = 0; i < target.length; i += 1) target[i] = reader.bytes[at + i] as number;
}

function emptyRow(): JournalRow {
  return {
    verdict: verdicts[0] as Verdict,
    timestamp: 0,
    token: '',
    tokenHash: 0,
    eventHigh: 0,
    eventLow: 0,
    viewer: new Uint8Array(8),
    network: new Uint8Array(8),
    viewedAt: 0,
    weightMicro: 0,
    provenance: 0,
  };
}
