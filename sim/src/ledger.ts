import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { overlap, type SeedRange } from './seed-ranges.ts';
import type { Tally } from './tally.ts';

/** A finished chunk: one line of the ledger. */
export interface LedgerEntry extends SeedRange {
  readonly tally: Tally;
  /** For the reader: the source hash decides. */
  readonly commit: string;
  /** Hash of all that was simulated; a chunk counts for the same source only. */
  readonly source: string;
}

/**
 * Finished chunks as JSON lines, so that a run which is ended at any moment goes on with the same command. Each line is written in
 * one append: several runs may share a file. A line that a killed run left half is no chunk.
 */
export class Ledger {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  add(entry: LedgerEntry): void {
    appendFileSync(this.#file, `${JSON.stringify(entry)}\n`);
  }

  /** The finished chunks of this source within `range`, none that shares a seed with one before it. */
  entries(source: string, range: SeedRange): LedgerEntry[] {
    if (!existsSync(this.#file)) return [];
    const kept: LedgerEntry[] = [];
    const found = readFileSync(this.#file, 'utf8').split('\n').flatMap(entryOf);
    let end = Number.NEGATIVE_INFINITY;
    for (const entry of found.toSorted((a, b) => a.from - b.from)) {
      if (entry.source !== source || entry.from < end || !isWithin(entry, range)) continue;
      kept.push(entry);
      end = entry.from + entry.count;
    }
    return kept;
  }
}

function isWithin(entry: SeedRange, range: SeedRange): boolean {
  return (
    overlap(entry, range) &&
    entry.from >= range.from &&
    entry.from + entry.count <= range.from + range.count
  );
}

function entryOf(line: string): LedgerEntry[] {
  try {
    const entry = JSON.parse(line) as LedgerEntry;
    return Number.isInteger(entry.from) && entry.tally !== undefined ? [entry] : [];
  } catch {
    return [];
  }
}
