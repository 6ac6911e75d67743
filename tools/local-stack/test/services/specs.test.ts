import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { portsAt } from '../../preflight/index.mjs';
import { brokerProperties } from '../../src/services/broker.ts';
import {
  appSpecs,
  bootstrapServers,
  clickhouseSpec,
  demoSpec,
  provisionSpec,
} from '../../src/services/node-services.ts';
import type { StackSettings } from '../../src/services/spec.ts';

const settings: StackSettings = {
  ports: portsAt(100),
  cache: 'cache',
  dataFolder: 'data',
  keepsData: false,
  demo: true,
  splitRoles: false,
  brokers: 1,
  proxied: false,
  env: { LOG_LEVEL: 'debug', PORT: '1', KAFKA_BROKERS: 'elsewhere:1' },
};

describe('the services', () => {
  test('get the addresses of their own stack, whatever the shell says, and keep the rest of its variables', () => {
    for (const spec of [...appSpecs(settings), provisionSpec(settings), clickhouseSpec(settings)]) {
      expect(spec.env).toMatchObject({ KAFKA_BROKERS: '127.0.0.1:9192', LOG_LEVEL: 'debug' });
    }
    expect(appSpecs(settings).map(({ env }) => env?.['PORT'])).toEqual(['3100', '3101', '3102']);
  });

  test('talk to their own brokers without TLS or login, though the shell is set up for others', () => {
    const env = { KAFKA_SSL: 'true', KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_PASSWORD: 'p' };
    for (const spec of [...appSpecs({ ...settings, env }), provisionSpec({ ...settings, env })]) {
      expect(spec.env?.['KAFKA_SSL']).toBeUndefined();
      expect(spec.env?.['KAFKA_SASL_MECHANISM']).toBeUndefined();
      expect(spec.env?.['KAFKA_SASL_PASSWORD']).toBeUndefined();
    }
  });

  test('start only after what they need', () => {
    expect(provisionSpec(settings).needs).toEqual(['kafka', 'registry', 'clickhouse']);
    expect(demoSpec(settings).needs).toContain('producer-api');
  });

  test('know the development key only by its digest', () => {
    const digest = createHash('sha256').update('trending-dev-key').digest('hex');
    expect(appSpecs(settings)[0]?.env?.['API_KEYS']).toBe(
      `development:publish+backfill+admin:${digest}`,
    );
  });

  test('know of no demo when there is none', () => {
    const gateway = appSpecs({ ...settings, demo: false }).find(
      ({ name }) => name === 'push-gateway',
    );
    expect(gateway?.env?.['DEMO_URL']).toBe('');
  });

  test('can all be stopped within ten seconds, wave after wave', () => {
    const apps = Math.max(...appSpecs(settings).map(({ stopGraceMs }) => stopGraceMs));
    const base = Math.max(clickhouseSpec(settings).stopGraceMs, 3_000);
    expect(demoSpec(settings).stopGraceMs + apps + base).toBeLessThan(9_500);
  });

  test('each role of a split processor is a process with a port and one role of its own, beside two gateways', () => {
    const roles = appSpecs({ ...settings, splitRoles: true }).slice(1);
    expect(roles.map(({ name, env }) => [name, env?.['ROLES'], env?.['PORT']])).toEqual([
      ['aggregate-1', 'aggregate', '3101'],
      ['aggregate-2', 'aggregate', '3104'],
      ['rank-1', 'rank', '3105'],
      ['rank-2', 'rank', '3106'],
      ['sink', 'sink', '3107'],
      ['journey', 'journey', '3108'],
      ['push-gateway', undefined, '3102'],
      ['push-gateway-2', undefined, '3109'],
    ]);
  });

  test('gateways ask every process that counts', () => {
    const asked = (splitRoles: boolean) =>
      appSpecs({ ...settings, splitRoles })
        .filter(({ name }) => name.startsWith('push-gateway'))
        .map(({ env }) => env?.['PROCESSOR_URLS']);
    const both = 'http://127.0.0.1:3101,http://127.0.0.1:3104';
    expect(asked(true)).toEqual([both, both]);
    expect(asked(false)).toEqual(['http://127.0.0.1:3101']);
  });

  test('only the apps go through the fault proxy', () => {
    const proxied = { ...settings, proxied: true };
    const [producer] = appSpecs(proxied);
    expect(producer?.env?.['KAFKA_BROKERS']).toBe('127.0.0.1:9194');
    expect(provisionSpec(proxied).env?.['KAFKA_BROKERS']).toBe('127.0.0.1:9192');
  });

  test('three brokers keep three replicas and confirm with two', () => {
    const cluster = { nodeId: 2, controllers: [9, 8, 7] };
    const text = brokerProperties({ kafka: 1, controller: 8, logFolder: 'data', cluster });
    expect(text).toContain('node.id=2\n');
    expect(text).toContain('controller.quorum.voters=1@127.0.0.1:9,2@127.0.0.1:8,3@127.0.0.1:7\n');
    expect(text).toContain('default.replication.factor=3\n');
    expect(text).toContain('min.insync.replicas=2\n');
    expect(bootstrapServers({ ...settings, brokers: 3 })).toBe(
      '127.0.0.1:9192,127.0.0.1:9202,127.0.0.1:9212',
    );
  });

  test('the broker creates no topic by itself and waits for no second broker', () => {
    const text = brokerProperties({ kafka: 1, controller: 2, logFolder: 'data' });
    expect(text).toContain('auto.create.topics.enable=false\n');
    expect(text).toContain('offsets.topic.replication.factor=1\n');
    expect(text).toContain('group.initial.rebalance.delay.ms=0\n');
    expect(text).toContain('advertised.listeners=PLAINTEXT://127.0.0.1:1\n');
  });
});
