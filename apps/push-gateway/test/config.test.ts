import { describe, expect, it } from 'vitest';
import { clickHouseOf, listOf, loadConfig, trustProxyOf } from '../src/config.ts';

describe('the environment of the push-gateway', () => {
  it('has defaults for everything', () => {
    expect(loadConfig({})).toMatchObject({
      LOG_LEVEL: 'info',
      HOST: '127.0.0.1',
      PORT: 3002,
      KAFKA_BROKERS: '127.0.0.1:9092',
      REGISTRY_URL: 'http://127.0.0.1:8081/apis/ccompat/v7',
      TOPIC_PREFIX: '',
      ALLOWED_ORIGINS: '*',
      DEMO_URL: '',
      PUBLISH_URL: '',
    });
    expect(clickHouseOf(loadConfig({ CLICKHOUSE_PASSWORD: 'p' }))).toEqual({
      url: 'http://127.0.0.1:8123',
      username: 'default',
      password: 'p',
      database: 'trending',
    });
  });

  it.each([
    ['PORT', 'eighty'],
    ['PORT', '70000'],
    ['DEMO_URL', 'not a url'],
    ['DEMO_URL', 'javascript:alert(1)'],
    ['PUBLISH_URL', 'javascript:alert(1)'],
    ['TRUST_PROXY', 'true'],
    ['RATE_LIMIT_PER_MINUTE', '0'],
    ['CONNECTIONS_MAX', '-1'],
    ['EVENT_LOOP_DELAY_MAX_MS', 'soon'],
  ])('refuses %s=%s and names it', (name, value) => {
    expect(() => loadConfig({ [name]: value })).toThrow(name);
  });

  it('names every wrong variable at once', () => {
    expect(() => loadConfig({ PORT: 'x', TRUST_PROXY: 'true' })).toThrow(/PORT.*TRUST_PROXY/);
  });

  it('reads lists and proxies', () => {
    expect(listOf('a, b,,')).toEqual(['a', 'b']);
    expect([trustProxyOf(''), trustProxyOf('2'), trustProxyOf('10.0.0.0/8')]).toEqual([
      false,
      2,
      '10.0.0.0/8',
    ]);
  });
});
