import { expect, test } from 'vitest';
import { linksAt } from '../tools/faults/src/network/links.ts';
import { portsAt, proxyPorts } from '../tools/local-stack/preflight/index.mjs';

test('the fault proxy listens where a proxied stack looks for it', () => {
  const offset = 300;
  const ports = portsAt(offset);
  const proxied = proxyPorts(ports);
  const { kafka, registry, clickhouse, dropper } = linksAt(offset);
  expect(dropper).toBe(proxied.kafka);
  expect(kafka.upstream).toBe(`127.0.0.1:${proxied.kafkaBehind}`);
  expect([registry.listen, registry.upstream]).toEqual([
    `127.0.0.1:${proxied.registry}`,
    `127.0.0.1:${ports.registry}`,
  ]);
  expect([clickhouse.listen, clickhouse.upstream]).toEqual([
    `127.0.0.1:${proxied.clickhouse}`,
    `127.0.0.1:${ports.clickhouse}`,
  ]);
});
