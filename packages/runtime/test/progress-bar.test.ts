import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createProgressBar, progressText } from '../src/progress-bar.ts';
import { ManualClock } from '../src/testing/index.ts';

describe('a progress bar', () => {
  test('says how much is done, how fast it goes and when it ends', () => {
    const text = progressText({ label: 'replay', done: 500, total: 2_000, elapsedMs: 10_000 });
    expect(text).toBe('replay  ██████░░░░░░░░░░░░░░░░░░  25 %  500 of 2000  50/s  ends in 30s');
  });

  test('says how long it took in the end, and is full when there was nothing to do', () => {
    const text = (done: number, total: number) =>
      progressText({ label: 'x', done, total, elapsedMs: 90_000 });
    expect(text(2_000_000, 2_000_000)).toContain('100 %  2.0M of 2.0M  22.2k/s  took 1m 30s');
    expect(text(0, 0)).toContain('100 %');
  });

  test('knows no end before the first piece is done', () => {
    const text = progressText({ label: 'x', done: 0, total: 9, elapsedMs: 1_000 });
    expect(text).toContain('ends in ?');
  });

  test('draws now and then, and at the end', () => {
    const clock = new ManualClock(0);
    const stream = new PassThrough();
    const bar = createProgressBar({ label: 'x', total: 10, stream, clock });
    bar.update(1);
    clock.advance(5_000);
    bar.update(5);
    bar.update(6);
    bar.update(10);
    bar.end();
    const lines = String(stream.read()).trimEnd().split('\n');
    expect(lines.map((line) => line.match(/(\d+) of/)?.[1])).toEqual(['5', '10']);
  });
});
