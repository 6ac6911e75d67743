import { afterEach, describe, expect, test, vi } from 'vitest';
import { countOf, countsOf, numberOf, runCommand } from '../src/command-line.ts';
import { UsageError } from '../src/usage-error.ts';

describe('numbers of a command line', () => {
  const range = { min: 1, max: 1_000 };

  test('are taken with both ends of their range', () => {
    expect(countOf('frames', '1', range)).toBe(1);
    expect(countOf('frames', '1000', range)).toBe(1_000);
    expect(countsOf('sizes', '10, 20', range)).toEqual([10, 20]);
    expect(numberOf('days', '1.5', range)).toBe(1.5);
  });

  test.each(['0', '1001', 'many', '', ' ', 'NaN', 'Infinity'])('are refused as %j', (text) => {
    for (const read of [countOf, countsOf, numberOf]) {
      expect(() => read('frames', text, range)).toThrow(UsageError);
      expect(() => read('frames', text, range)).toThrow(`--frames ${text}: give `);
    }
  });

  test('are whole where something is counted, and every one of a list', () => {
    expect(() => countOf('frames', '1.5', range)).toThrow(
      '--frames 1.5: give a whole number from 1 to 1000',
    );
    for (const text of ['10,1.5', '10,,20', '10,'])
      expect(() => countsOf('sizes', text, range)).toThrow(
        `--sizes ${text}: give whole numbers from 1 to 1000 with commas between them`,
      );
  });
});

describe('a command', () => {
  const before = process.exitCode;
  afterEach(() => {
    process.exitCode = before;
    vi.restoreAllMocks();
  });

  async function ran(run: Parameters<typeof runCommand>[1]) {
    const said = { out: '', err: '' };
    const into = (stream: 'out' | 'err') => (text: string | Uint8Array) => {
      said[stream] += String(text);
      return true;
    };
    vi.spyOn(process.stdout, 'write').mockImplementation(into('out'));
    vi.spyOn(process.stderr, 'write').mockImplementation(into('err'));
    await runCommand('poison', run);
    return { ...said, code: process.exitCode };
  }

  test('prints its text whatever its verdict, which is its exit code', async () => {
    const text = 'balanced\n';
    expect(await ran(() => ({ text, ok: true }))).toEqual({ out: text, err: '', code: 0 });
    expect(await ran(() => ({ text, ok: false }))).toEqual({ out: text, err: '', code: 1 });
    expect(await ran(async () => ({ text, ok: false, exitCode: 3 }))).toMatchObject({ code: 3 });
  });

  test('says where its help is when its line is wrong', async () => {
    const err = '--frames x: give more\nSee: npm run poison -- --help\n';
    const wrong = () => Promise.reject(new UsageError('--frames x: give more'));
    expect(await ran(wrong)).toEqual({ out: '', err, code: 2 });
  });

  test('that fails says why, and no more', async () => {
    const failing = () => {
      throw new Error('no broker');
    };
    expect(await ran(failing)).toEqual({ out: '', err: 'no broker\n', code: 1 });
  });
});
