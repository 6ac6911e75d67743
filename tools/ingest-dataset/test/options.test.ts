import { describe, expect, test } from 'vitest';
import { ingestOptions } from '../src/options.ts';

describe('the options of ingest-dataset', () => {
  test('take the key from the environment of the stack', () => {
    expect(ingestOptions(['data'], { TRENDING_API_KEY: 'k' })).toMatchObject({
      path: 'data',
      key: 'k',
      chain: 'nab',
      limit: Number.POSITIVE_INFINITY,
    });
  });

  test.each([
    [[], 'give the PATH'],
    [['a', 'b'], 'one PATH only'],
    [['a', '--limit', '0'], '--limit 0'],
    [['a', '--speed', 'fast'], '--speed fast'],
    [['a', '--api', 'nowhere'], '--api nowhere'],
  ])('refuse %j', (args, reason) => {
    expect(() => ingestOptions(args, { TRENDING_API_KEY: 'k' })).toThrow(reason);
  });

  test('take the address of the stack unless another is given', () => {
    const env = { TRENDING_API_KEY: 'k', PRODUCER_URL: 'http://127.0.0.1:3100' };
    expect(ingestOptions(['a'], env)).toMatchObject({ api: 'http://127.0.0.1:3100' });
    expect(ingestOptions(['a', '--api', 'http://b:1'], env)).toMatchObject({ api: 'http://b:1' });
    expect(ingestOptions(['a'], { TRENDING_API_KEY: 'k' })).toMatchObject({
      api: 'http://127.0.0.1:3000',
    });
  });

  test('ask for a key', () => {
    expect(() => ingestOptions(['a'], {})).toThrow('TRENDING_API_KEY');
  });
});
