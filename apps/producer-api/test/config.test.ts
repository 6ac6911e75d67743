import { describe, expect, test } from 'vitest';
import { configSchema, defaultChainsOf, listOf, loadConfig, trustProxyOf } from '../src/config.ts';

describe('the configuration', () => {
  test('has a default and a description for every variable', () => {
    expect(Object.keys(loadConfig({})).sort()).toEqual(Object.keys(configSchema.properties).sort());
    for (const property of Object.values(configSchema.properties))
      expect(property).toHaveProperty('description', expect.any(String));
  });
  test.each([
    ['PORT', '70000'],
    ['PORT', 'http'],
    ['TRUST_PROXY', 'true'],
    ['DEFAULT_CHAINS', 'evm'],
    ['IN_FLIGHT_VIEWS_MAX', '-1'],
    ['FILTER_HTTP_TOOLS', 'perhaps'],
  ])('%s=%s is refused by name', (name, value) => {
    expect(() => loadConfig({ [name]: value })).toThrow(name);
  });
  test('reads lists, proxies and default chains', () => {
    expect(listOf(' a, b ,,')).toEqual(['a', 'b']);
    expect(['', '2', '10.0.0.0/8, fd00::/8', 'loopback'].map(trustProxyOf)).toEqual([
      false,
      2,
      '10.0.0.0/8, fd00::/8',
      'loopback',
    ]);
    expect(defaultChainsOf('evm=base,move=sui')).toEqual(
      new Map([
        ['evm', 'base'],
        ['move', 'sui'],
      ]),
    );
    expect(() => defaultChainsOf('evm=sol')).toThrow('sol is not a chain of the family evm');
  });
});
