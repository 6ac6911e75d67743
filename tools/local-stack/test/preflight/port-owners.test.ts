import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { busyPorts, listeningInodes, lsofOwner } from '../../preflight/index.mjs';

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2384 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 51234 1 0
   1: 0100007F:0BB8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 61234 1 0
   2: 0100007F:2384 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 71234 1 0
   3: 0100007F:9C40 0100007F:2384 01 00000000:00000000 00:00000000 00000000     0        0 81234 1 0`;

describe('the owner of a port', () => {
  test('is found by listening sockets only, not by connections on the same port', () => {
    expect(listeningInodes(table, 9092)).toEqual(['51234']);
    expect(listeningInodes(table, 3000)).toEqual(['61234']);
    expect(listeningInodes(table, 40_000)).toEqual([]);
    expect(listeningInodes('', 3000)).toEqual([]);
  });

  test('is read from lsof where there is no /proc', () => {
    expect(lsofOwner('p4711\ncjava\nf12\n')).toEqual({ pid: 4711, command: 'java' });
    expect(lsofOwner('')).toBeUndefined();
  });

  const server = createServer();
  afterEach(() => void server.close());

  test('is this process when it holds the port itself', async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const [busy] = await busyPorts({ kafka: port });
    expect(busy).toMatchObject({ name: 'kafka', port, owner: { pid: process.pid } });
  });
});
