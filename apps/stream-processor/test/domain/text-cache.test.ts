import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextCache } from '../../src/domain/text-cache.ts';

const heapBytes = 48 * 1024 * 1024;
setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

describe('texts of bytes', () => {
  it('are those that the bytes say, whatever was asked for before', () => {
    const cache = new TextCache();
    const text = fc.stringMatching(/^[ -~]{0,12}$/);
    fc.assert(
      fc.property(text, fc.nat(3), (asked, before) => {
        const bytes = Buffer.from(`${'x'.repeat(before)}${asked}yz`);
        expect(cache.textOf(bytes, before, before + asked.length)).toBe(asked);
      }),
      { numRuns: 2_000 },
    );
    expect(cache.textOf(Buffer.from('aü'), 0, 3)).toBeUndefined();
  });

  it('are not kept when they are longer than a token may be', () => {
    const cache = new TextCache();
    const long = Buffer.alloc(512 * 1024, 'a');
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 200; i += 1) {
      long.write(String(i).padStart(8, '0'), long.length - 8);
      expect(cache.textOf(long, 0, long.length)).toHaveLength(long.length);
    }
    collect();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(heapBytes);
  });
});
