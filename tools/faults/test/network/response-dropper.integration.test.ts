import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { ResponseDropper } from '../../src/network/response-dropper.ts';

const produce = frame(0, 7);
const metadata = frame(3, 8);

/** A request of this api key, correlation id and client. */
function frame(apiKey: number, correlation: number, clientId = 'somebody'): Buffer {
  const bytes = Buffer.alloc(14 + clientId.length);
  bytes.writeInt32BE(bytes.length - 4, 0);
  bytes.writeInt16BE(apiKey, 4);
  bytes.writeInt32BE(correlation, 8);
  bytes.writeInt16BE(clientId.length, 12);
  bytes.write(clientId, 14);
  return bytes;
}

async function dropperBefore(port: number): Promise<{ dropper: ResponseDropper; own: number }> {
  const dropper = new ResponseDropper(port, () => 0);
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const own = (probe.address() as AddressInfo).port;
  await new Promise((resolve) => probe.close(resolve));
  await dropper.listen(own);
  onTestFinished(() => dropper.close());
  return { dropper, own };
}

/** Answers every request with its correlation id alone. */
async function broker() {
  const requests: number[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      requests.push(bytes.readInt16BE(4));
      const answer = Buffer.alloc(8);
      answer.writeInt32BE(4, 0);
      answer.writeInt32BE(bytes.readInt32BE(8), 4);
      socket.write(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, requests };
}

test('only answers to produce requests are lost; the broker has carried them out', async () => {
  const { port, requests } = await broker();
  const { dropper, own } = await dropperBefore(port);
  dropper.share = 1;
  const client = connect(own, '127.0.0.1');
  client.write(metadata);
  const [answer] = (await once(client, 'data')) as [Buffer];
  expect(answer.readInt32BE(4)).toBe(8);
  let more = 0;
  client.on('data', (bytes: Buffer) => {
    more += bytes.length;
  });
  client.write(produce);
  await once(client, 'close');
  expect([more, dropper.dropped, requests]).toEqual([0, 1, [3, 0]]);
});

test('open connections of one client fall silent and stay open; others, and new ones, work', async () => {
  const { port, requests } = await broker();
  const { dropper, own } = await dropperBefore(port);
  const open = async (clientId: string) => {
    const socket = connect(own, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.write(frame(3, 1, clientId));
    await once(socket, 'data');
    return socket;
  };
  const [meant, other] = [await open('meant'), await open('other')];
  expect(dropper.silence((clientId) => clientId === 'meant')).toBe(1);
  let heard = 0;
  meant.on('data', () => {
    heard += 1;
  });
  meant.write(frame(3, 2, 'meant'));
  other.write(frame(3, 3, 'other'));
  await once(other, 'data');
  await open('meant');
  expect([heard, meant.readyState, requests.length]).toEqual([0, 'open', 4]);
});

test('hushed, a client is silent on new connections too, until it is lifted', async () => {
  const { port, requests } = await broker();
  const { dropper, own } = await dropperBefore(port);
  const ask = (clientId: string) => {
    const socket = connect(own, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.write(frame(3, 1, clientId));
    return { socket, answered: once(socket, 'data') };
  };
  const lift = dropper.hush((clientId) => clientId === 'meant');
  const { socket } = ask('meant');
  await ask('other').answered;
  lift();
  await ask('meant').answered;
  socket.write(frame(3, 2, 'meant'));
  await ask('other').answered;
  expect([requests.length, socket.bytesRead, socket.readyState]).toEqual([3, 0, 'open']);
});
