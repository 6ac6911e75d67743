import { beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { type Installed, installSchemathesis } from '../../src/schemathesis/install.ts';
import { testApi } from '../../src/schemathesis/run.ts';

const stack = inject('stack');
const apis = [
  { name: 'producer-api', url: stack.producerUrl, apiKey: stack.apiKey, excluded: [] },
  {
    ...{ name: 'push-gateway', url: stack.gatewayUrl, apiKey: '' },
    excluded: ['/api/v1/trending/stream'],
  },
];

let installed: Installed | undefined;
beforeAll(async () => {
  installed = await installSchemathesis();
});
beforeEach((context) => {
  if (installed?.ok === false) context.skip(installed.missing);
});

describe('Schemathesis, with requests made from the live OpenAPI document', () => {
  test.each(apis)('finds no server error and nothing undocumented in $name', async (api) => {
    const settings = { command: installed?.ok ? installed.command : '', examples: 15, seed: 1 };
    const { requests, failures, text } = await testApi(api, settings);
    expect(failures, text).toEqual([]);
    expect(requests).toBeGreaterThan(100);
  });
});
