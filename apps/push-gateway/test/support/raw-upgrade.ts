import { createConnection } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** Asks for a WebSocket over a bare socket and tells what came back; the connection is ended. */
export function rawUpgrade(
  url: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(Number(new URL(url).port), '127.0.0.1');
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.on('error', reject);
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n${lines.join('')}\r\n`,
    );
    socket.once('data', (data) => {
      const [head = '', body = ''] = String(data).split('\r\n\r\n');
      socket.destroy();
      resolve({ status: Number(head.split(' ')[1]), head, body });
    });
  });
}
