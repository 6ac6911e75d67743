import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Ledger, type LedgerEntry } from '../src/ledger.ts';
import { emptyTally } from '../src/tally.ts';

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'ledger.jsonl');
}

function entry(from: number, count: number, source = 'a'): LedgerEntry {
  return { from, count, source, commit: 'c', tally: { ...emptyTally(), seeds: count } };
}

const all = { from: 1, count: 100 };

test('a ledger that does not exist yet is empty', () => {
  expect(new Ledger(newFile()).entries('a', all)).toEqual([]);
});

test('chunks of another source, or partly outside of the range, do not count', () => {
  const ledger = new Ledger(newFile());
  const chunks = [entry(1, 10), entry(11, 10, 'b'), entry(95, 10), entry(21, 10)];
  for (const one of chunks) ledger.add(one);
  expect(ledger.entries('a', all)).toEqual([entry(1, 10), entry(21, 10)]);
});

test('seeds that two runs finished count once', () => {
  const ledger = new Ledger(newFile());
  for (const one of [entry(6, 10), entry(1, 10), entry(11, 5)]) ledger.add(one);
  expect(ledger.entries('a', all)).toEqual([entry(1, 10), entry(11, 5)]);
});

test('a line that a killed run left half is passed over', () => {
  const file = newFile();
  const ledger = new Ledger(file);
  ledger.add(entry(1, 10));
  appendFileSync(file, '{"from":11,"cou\n');
  ledger.add(entry(21, 10));
  expect(ledger.entries('a', all)).toEqual([entry(1, 10), entry(21, 10)]);
});
