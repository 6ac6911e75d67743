import { describe, expect, test } from 'vitest';
import { figuresOf } from '../../src/schemathesis/run.ts';

describe('the figures of a Schemathesis run', () => {
  test('are its requests, and every kind of failure and error', () => {
    const text = [
      'Failures:',
      '  ❌ ST201 Schema-violating request accepted: 4',
      'Errors:',
      '  🚫 Serialization not possible: 1',
      'Test cases:',
      '  1040 generated, 7 found 7 unique failures, 1 errored, 12 skipped',
    ].join('\n');
    expect(figuresOf(text)).toEqual({
      requests: 1040,
      failures: ['ST201 Schema-violating request accepted: 4', 'Serialization not possible: 1'],
    });
    expect(figuresOf('Test cases:\n  9 generated, 9 passed').failures).toEqual([]);
  });
  test('are missing when it did not run to its end', () => {
    expect(() => figuresOf('Connection refused')).toThrow(/did not end:\nConnection refused/);
  });
});
