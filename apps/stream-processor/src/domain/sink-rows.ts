import {
  type Board,
  type BoardItem,
  chainOf,
  type TokenMetadata,
  type TokenView,
} from '@trending/schemas';

/** Where a row comes from; with the topic it is the row's identity in ClickHouse. */
export interface RowOrigin {
  /** Unprefixed topic name. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** One JSONEachRow row. Times are epoch ms, which ClickHouse reads into DateTime64(3); 64-bit hashes are decimal strings. */
export type Row = Readonly<Record<string, unknown>>;

/** Row of `token_views`: every decodable view, robots and repeats too. */
export function viewRow(view: TokenView, origin: RowOrigin): Row {
  return {
    _topic: origin.topic,
    _partition: origin.partition,
    _offset: origin.offset,
    event_id: uuidText(view.eventId),
    token: view.token,
    chain: view.chain,
    viewer: hashText(view.viewer),
    network: hashText(view.network),
    viewed_at: within(view.viewedAt, timeMax),
    received_at: within(view.receivedAt, timeMax),
    source: view.source,
    partner_id: view.partnerId ?? '',
    country: view.country ?? '',
    device: view.device ?? '',
    dwell_ms: within(view.dwellMs ?? 0, uint32Max),
    weight_micro: within(view.weightMicro, uint32Max),
    flags: view.flags >>> 0,
  };
}

export interface BoardRowSettings {
  /** Ranks kept per board. */
  readonly ranksMax: number;
}

/**
 * Rows of `board_history` as JSON, one per rank; an empty board is one row of rank 0 without a token. What all of them begin with
 * is made into text once: it is most of a row.
 */
export function boardLines(
  board: Board,
  origin: RowOrigin,
  { ranksMax }: BoardRowSettings,
): readonly string[] {
  const head = JSON.stringify(boardHead(board, origin)).slice(0, -1);
  const line = (place: Row) => `${head},${JSON.stringify(place).slice(1)}`;
  if (board.items.length === 0) return [line({ rank: 0, token: '' })];
  return board.items.slice(0, ranksMax).map((item) => line(placeOf(item)));
}

function placeOf(item: BoardItem): Row {
  return {
    rank: item.rank,
    token: item.token,
    score_micro: item.scoreMicro,
    observed: item.observed,
    expected: item.expected,
    raw_views: item.rawViews,
    visitors: item.visitors,
    networks: item.networks,
    effective: item.effectiveVisitors,
    integrity_micro: item.integrityMicro,
    state: item.state,
    flags: item.flags,
    since: item.since,
  };
}

/** Row of `token_metadata`; null is a deletion, of which only the key is known. */
export function metadataRow(metadata: TokenMetadata | null, token: string, origin: RowOrigin): Row {
  const key = { token, chain: chainOf(token), _offset: origin.offset };
  if (metadata === null) return { ...key, is_deleted: 1 };
  return {
    ...key,
    name: metadata.name,
    symbol: metadata.symbol,
    categories: metadata.categories,
    created_at: metadata.createdAt ?? 0,
    logo_uri: metadata.logoUri ?? '',
    updated_at: metadata.updatedAt,
    is_deleted: 0,
  };
}

function boardHead(board: Board, origin: RowOrigin): Row {
  return {
    _partition: origin.partition,
    _offset: origin.offset,
    formula: board.formula.id,
    formula_version: board.formula.version,
    formula_hash: board.formula.hash,
    window: board.window,
    scope: board.scope,
    epoch: board.epoch,
    seq: board.seq,
    as_of: board.asOf,
    scored_at: board.scoredAt,
    cut: board.cut.map(({ partition, inputOffset }) => ({ partition, input_offset: inputOffset })),
    partial: board.partial,
  };
}

const uint32Max = 0xffff_ffff;
/** ms; DateTime ends there, in which the roll-ups keep their minutes. */
const timeMax = uint32Max * 1_000;

/**
 * Numbers come from whoever writes to the log, and Avro's longs as doubles of any size. One that its column cannot hold would have
 * ClickHouse refuse the whole range, for ever.
 */
function within(value: number, max: number): number {
  return Math.min(max, Math.max(0, Math.trunc(value) || 0));
}

const hexPairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function uuidText(bytes: Uint8Array): string {
  let text = '';
  for (const [index, byte] of bytes.entries()) {
    if (index === 4 || index === 6 || index === 8 || index === 10) text += '-';
    text += hexPairs[byte] ?? '';
  }
  return text;
}

/** Unsigned decimal of 8 big-endian bytes: a double would round it. */
function hashText(bytes: Uint8Array): string {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0).toString();
}
