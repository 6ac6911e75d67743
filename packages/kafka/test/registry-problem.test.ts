import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ManualClock } from '@trending/runtime/testing';
import { topics } from '@trending/schemas';
import { expect, onTestFinished, test } from 'vitest';
import { createRegistry } from '../src/index.ts';
import { quietLogger as logger } from './support/quiet-logger.ts';

/** A registry that knows every schema, or fails. */
async function serving() {
  const state = { status: 200 };
  const server = createServer((_request, response) => {
    response.writeHead(state.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ id: 7 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const clock = new ManualClock(1);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { state, clock, registry: createRegistry({ url, logger, clock }) };
}

test('a registry tells why it does not answer, until it does', async () => {
  const { state, registry } = await serving();
  expect(registry.problem()).toBeUndefined();
  state.status = 500;
  await expect(registry.serde(topics.control)).rejects.toMatchObject({ retriable: true });
  expect(registry.problem()).toMatch(/^Schema registry .* gave no answer for subject/);
  state.status = 200;
  await registry.serde(topics.control);
  expect(registry.problem()).toBeUndefined();
});

test('a failure after which nobody asks again is forgotten: it must not switch watchdogs off for ever', async () => {
  const { state, clock, registry } = await serving();
  state.status = 500;
  await expect(registry.serde(topics.control)).rejects.toThrow();
  clock.advance(14_999);
  expect(registry.problem()).toBeDefined();
  clock.advance(1);
  expect(registry.problem()).toBeUndefined();
});

test('a schema that is not registered is an answer', async () => {
  const { state, registry } = await serving();
  state.status = 404;
  await expect(registry.serde(topics.control)).rejects.toMatchObject({ code: 'SCHEMA_MISSING' });
  expect(registry.problem()).toBeUndefined();
});
