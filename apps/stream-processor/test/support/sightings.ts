import {
  sightingAt,
  sightingBytes,
  type ViewerJourneys,
  type ViewerSightings,
} from '@trending/schemas';
import { highWordIn, lowWordIn, tokenHashOf } from '../../src/domain/token-hash.ts';

/** A viewer seen at a token; by small numbers. */
export interface Sighting {
  readonly token: number;
  readonly viewer: number;
  readonly day: number;
  /** Of the day; where nobody says, every group comes a second after the one before. */
  readonly second?: number;
}

let nextSecond = 0;

/** Tokens of tests are spread over so many partitions of the views. */
export const partitionsOfTokens = 3;

/** Eight bytes that name a viewer. */
export function viewerOf(viewer: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setUint32(0, viewer, true);
  bytes[7] = viewer % 5;
  return bytes;
}

export function tokenOf(token: number): string {
  return `eth:0x${token}`;
}

/** One record. Where nobody says when, those of one token and day come in the same second, a second after those before. */
export function sightingsOf(partition: number, seen: readonly Sighting[]): ViewerSightings {
  const groups = Map.groupBy(seen, ({ token, day, second }) => `${token}|${day}|${second}`);
  const rows = [...groups.values()].flatMap((group) => {
    const [{ token, day, second = nextSecond++ } = { token: 0, day: 0 }] = group;
    return group.map(({ viewer }) => {
      const row = Buffer.alloc(sightingBytes);
      const hash = tokenHashOf(tokenOf(token));
      row.writeUInt32LE(lowWordIn(hash), sightingAt.token);
      row.writeUInt32LE(highWordIn(hash), sightingAt.token + 4);
      row.writeUInt32LE(86_400 * day + second, sightingAt.second);
      row.set(viewerOf(viewer), sightingAt.viewer);
      return row;
    });
  });
  return { partition, rows: Buffer.concat(rows) };
}

/** A record of one sighting. */
export function sightingOf(sighting: Sighting): ViewerSightings {
  return sightingsOf(sighting.token % partitionsOfTokens, [sighting]);
}

/** Facts as lines `kind partition token's hash day viewer`, once each, in order. */
export function factLines(journeys: Iterable<ViewerJourneys>): string[] {
  const lines = new Set<string>();
  for (const { partition, groups } of journeys)
    for (const { tokenHash, day, came, went } of groups)
      for (const [kind, viewers] of Object.entries({ came, went }))
        for (let at = 0; at < viewers.length; at += 8)
          lines.add(`${kind} ${partition} ${tokenHash} ${day} ${numberOf(viewers, at)}`);
  return [...lines].sort();
}

/** The line of a fact. */
export function factLine(kind: 'came' | 'went', { token, viewer, day }: Sighting): string {
  return `${kind} ${token % partitionsOfTokens} ${tokenHashOf(tokenOf(token))} ${day} ${viewer}`;
}

function numberOf(viewers: Uint8Array, at: number): number {
  return Buffer.from(viewers.buffer, viewers.byteOffset, viewers.length).readUInt32LE(at);
}
