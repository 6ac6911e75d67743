import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { brokerAnswers } from '../../src/services/probes.ts';

let server: Server;
afterEach(() => void server.close());

async function listening(answer: (request: Buffer) => Buffer | undefined): Promise<number> {
  server = createServer((socket) => {
    socket.on('data', (request) => {
      const bytes = answer(request);
      if (bytes === undefined) socket.destroy();
      else socket.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** size, correlation id, error code, no api keys. */
const reply = (errorCode: number) => {
  const bytes = Buffer.alloc(14);
  bytes.writeInt32BE(10, 0);
  bytes.writeInt32BE(1, 4);
  bytes.writeInt16BE(errorCode, 8);
  return bytes;
};

describe('a broker', () => {
  test('is ready once it answers ApiVersions without an error', async () => {
    let asked: Buffer = Buffer.alloc(0);
    const port = await listening((request) => {
      asked = request;
      return reply(0);
    });
    expect(await brokerAnswers('127.0.0.1', port)).toBe(true);
    expect(asked.readInt32BE(0)).toBe(asked.length - 4);
    expect(asked.readInt16BE(4)).toBe(18);
  });

  test('is not ready when it answers an error, hangs up, or is not there', async () => {
    const port = await listening(() => reply(35));
    expect(await brokerAnswers('127.0.0.1', port)).toBe(false);
    server.close();
    const rude = await listening(() => undefined);
    expect(await brokerAnswers('127.0.0.1', rude)).toBe(false);
    server.close();
    expect(await brokerAnswers('127.0.0.1', 1)).toBe(false);
  });
});
