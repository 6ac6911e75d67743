import { parseArgs } from 'node:util';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { reportFailure, UsageError } from '../src/usage-error.ts';

describe('the end of a command that failed', () => {
  const before = process.exitCode;
  afterEach(() => {
    process.exitCode = before;
    vi.restoreAllMocks();
  });

  function reported(error: unknown): { readonly text: string; readonly code: unknown } {
    const texts: string[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => texts.push(String(text)) > 0);
    reportFailure('npm run replay', error);
    return { text: texts.join(''), code: process.exitCode };
  }

  test('is code 2 and the way to the help for a wrong command line', () => {
    const text = '--from soon: give a time\nSee: npm run replay -- --help\n';
    expect(reported(new UsageError('--from soon: give a time'))).toEqual({ text, code: 2 });
  });

  test('is code 2 too when the parser of arguments refuses one', () => {
    let refusal: unknown;
    try {
      parseArgs({ args: ['--nonsense'], options: {} });
    } catch (error) {
      refusal = error;
    }
    expect(reported(refusal)).toMatchObject({
      code: 2,
      text: expect.stringMatching(/--nonsense[\s\S]*See: npm run replay -- --help\n$/),
    });
  });

  test('is code 1 and the message alone for anything else', () => {
    expect(reported(new Error('no broker'))).toEqual({ text: 'no broker\n', code: 1 });
    expect(reported('odd')).toEqual({ text: 'odd\n', code: 1 });
  });
});
