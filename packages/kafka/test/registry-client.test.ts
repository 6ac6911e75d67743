import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '@trending/runtime/testing';
import { type Control, schemaOf, topics } from '@trending/schemas';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { codecOf } from '../src/avro-codec.ts';
import { RegistryClient } from '../src/registry-client.ts';
import { quietLogger as logger } from './support/quiet-logger.ts';

const good = schemaOf(topics.control);
/** What the registry answers by id; everything else is not found. */
const registered: Readonly<Record<number, object>> = {
  1: { schema: good },
  2: { schema: '{"type":"record","name":"R","fields":[{"name":"a","type":"not.There"}]}' },
  3: { schema: 'no JSON at all' },
  4: { schema: 'message R { string a = 1', schemaType: 'PROTOBUF' },
  5: { schema: '{"type":"nonsense"}', schemaType: 'JSON' },
  6: { schema: '{}', schemaType: 'SOMETHING_NEW' },
  7: { schema: '"string"' },
};

describe('the registry client', () => {
  let server: Server;
  let client: RegistryClient;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const id = Number(request.url?.split('/').at(-1));
      const known = registered[id];
      const status = id === 500 ? 500 : known === undefined ? 404 : 200;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(known ?? { error_code: 40403, message: 'not found' }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    client = new RegistryClient({ url: `http://127.0.0.1:${port}`, logger });
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test('gives the text of a schema, undefined for an id that is not there', async () => {
    expect(JSON.parse((await client.schemaText(1)) ?? '').name).toBe('trending.v1.Control');
    expect(await client.schemaText(99)).toBeUndefined();
  });

  test.each([2, 3, 4, 5, 6])(
    'registered schema %i, which is no Avro schema, is as good as not there',
    async (id) => {
      expect(await client.schemaText(id)).toBeUndefined();
      expect(await client.schemaText(id)).toBeUndefined();
    },
  );

  test('a schema of another kind of value fails each value, not the reader', async () => {
    const decode = codecOf<Control>(good).decoderFor((await client.schemaText(7)) ?? '');
    expect(decode(Buffer.from('00000000070261', 'hex'))).toMatchObject({
      ok: false,
      reason: 'avro',
    });
  });

  test('a registry that fails or is away is an error to retry', async () => {
    const unavailable = { code: 'REGISTRY_UNAVAILABLE', retriable: true };
    await expect(client.schemaText(500)).rejects.toMatchObject(unavailable);
    const away = new RegistryClient({ url: 'http://127.0.0.1:9', logger });
    await expect(away.schemaText(1)).rejects.toMatchObject(unavailable);
  });
});

describe('a registry that falls silent', () => {
  test.each([
    ['before its answer', (_response: ServerResponse) => undefined],
    [
      'in the middle of its answer',
      (response: ServerResponse) => void response.writeHead(200).write('{"schema":'),
    ],
  ])('%s is given up in time, and asked anew for the same id', async (_, fallSilent) => {
    const { url, server, answer } = await serving(fallSilent);
    const client = new RegistryClient({ url, logger, timeoutMs: 200 });
    const unavailable = {
      code: 'REGISTRY_UNAVAILABLE',
      message: expect.stringMatching(/timed out|no answer/),
    };
    await expect(client.schemaText(1)).rejects.toMatchObject(unavailable);
    answer((response) => response.writeHead(200).end(JSON.stringify({ schema: good })));
    expect(await client.schemaText(1)).toContain('Control');
    await until(
      { timeoutMs: 5_000, what: 'no connection to stay' },
      () =>
        new Promise<true | undefined>((resolve) =>
          server.getConnections((_error, count) => resolve(count === 0 ? true : undefined)),
        ),
    );
  });
});

type Answer = (response: ServerResponse) => unknown;

/** A registry that answers so, until it is told to answer otherwise. */
async function serving(first: Answer) {
  let how = first;
  const server = createServer((_request, response) => void how(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const answer = (next: Answer) => {
    how = next;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, answer };
}
