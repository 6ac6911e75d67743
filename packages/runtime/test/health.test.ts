import { describe, expect, test } from 'vitest';
import { healthReport } from '../src/index.ts';

const failing = { name: 'disk', check: () => 'full' };

describe('a health report', () => {
  test('is bad with one bad check, and with one that throws', async () => {
    const throwing = { name: 'x', check: () => Promise.reject(new Error('no')) };
    expect(await healthReport([failing, { name: 'log', check: () => undefined }])).toEqual({
      ok: false,
      text: '[-]disk: full\n[+]log ok',
    });
    expect((await healthReport([throwing])).ok).toBe(false);
  });
  test('shows advice and stays well', async () => {
    expect(await healthReport([{ ...failing, isAdvice: true }])).toEqual({
      ok: true,
      text: '[!]disk: full',
    });
  });
});
