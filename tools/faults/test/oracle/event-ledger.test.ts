import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { windows } from '@trending/schemas';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EventLedger } from '../../src/oracle/event-ledger.ts';

const prefix = '0123456789abcdef0123';
const hour = windows[1]!;
const bytesOf = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex');
const views = (count: number, viewedAt = 60_000) =>
  Array.from({ length: count }, () => ({ token: 0, viewedAt }));

describe('the ledger of events', () => {
  test('finds an event by its id, and no event behind a foreign or future id', () => {
    const ledger = new EventLedger({ prefix, tokens: 1 });
    const numbers = ledger.add(views(3));
    for (const number of numbers)
      expect(ledger.numberOf(bytesOf(ledger.eventId(number)))).toBe(number);
    expect(ledger.numberOf(bytesOf(ledger.eventId(3)))).toBeUndefined();
    expect(ledger.numberOf(bytesOf('ffffffff-ffff-ffff-ffff-000000000000'))).toBeUndefined();
  });

  test('names what was acknowledged and is not in the log', () => {
    const ledger = new EventLedger({ prefix, tokens: 1 });
    ledger.add(views(3));
    ledger.acknowledge([0, 2]);
    ledger.acknowledge([2]);
    expect(ledger.acknowledgedCount).toBe(2);
    expect(ledger.found(0)).toBe(true);
    expect(ledger.found(0)).toBe(false);
    expect(ledger.missing()).toEqual([2]);
  });

  test('what was given up and never confirmed is not expected on a board', () => {
    const ledger = new EventLedger({ prefix, tokens: 1 });
    ledger.add(views(3));
    ledger.acknowledge([1]);
    ledger.abandon([1, 2]);
    expect(ledger.attempted().inWindow(0, hour, 60_000)).toBe(2);
  });

  test('goes on after its process ended: confirmed stays confirmed, the rest is never sent again', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ledger-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const before = new EventLedger({ prefix, tokens: 1, folder });
    before.add(views(3));
    before.acknowledge([0]);
    const after = new EventLedger({ prefix, tokens: 1, folder });
    expect([after.size, after.acknowledgedCount]).toEqual([3, 1]);
    expect(after.event(2)).toEqual({ token: 0, viewedAt: 60_000 });
    expect(after.attempted().inWindow(0, hour, 60_000)).toBe(1);
    expect(after.add(views(1))).toEqual([3]);
  });
});
