import { describe, expect, it } from 'vitest';
import { configOf } from '../src/config.ts';

describe('configuration', () => {
  it('runs all roles against the local stack by default', () => {
    const config = configOf({});
    expect(config).toMatchObject({
      PORT: 3001,
      HOST: '127.0.0.1',
      TOPIC_PREFIX: '',
      REGISTRY_URL: 'http://127.0.0.1:8081/apis/ccompat/v7',
      CLICKHOUSE_URL: 'http://127.0.0.1:8123',
    });
    expect(config.roles).toEqual(['aggregate', 'journey', 'rank', 'sink']);
    expect(config.kafka.brokers).toEqual(['127.0.0.1:9092']);
  });

  it('splits lists and keeps the roles in their order', () => {
    const config = configOf({ ROLES: 'rank, aggregate', KAFKA_BROKERS: 'a:1, b:2' });
    expect(config.roles).toEqual(['aggregate', 'rank']);
    expect(config.kafka.brokers).toEqual(['a:1', 'b:2']);
  });

  it('is the only one of its name only where a port of its own proves it', () => {
    expect(configOf({ PORT: '3001' }).isSoleInstance).toBe(true);
    expect(configOf({ PORT: '0' }).isSoleInstance).toBe(false);
  });

  it.each([
    ['PORT', 'x'],
    ['PORT', '70000'],
    ['ROLES', 'aggregate,rang'],
    ['ROLES', ','],
    ['REGISTRY_URL', 'registry:8081'],
    ['CLICKHOUSE_URL', ''],
    ['CLICKHOUSE_DATABASE', 'a;b'],
    ['TOPIC_PREFIX', 'Up.'],
  ])('refuses %s=%s by name', (name, value) => {
    expect(() => configOf({ [name]: value })).toThrow(name);
  });
});
