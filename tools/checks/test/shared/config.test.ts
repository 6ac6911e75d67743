import { expect, test } from 'vitest';
import { checkConfig } from '../../src/shared/config.ts';

test('the checks ask every process that the environment of the stack names', () => {
  const { processors } = checkConfig({ env: { PROCESSOR_URLS: 'http://a:1,http://b:2' } });
  expect(processors).toEqual(['http://a:1', 'http://b:2']);
});
