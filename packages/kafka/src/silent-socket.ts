import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';

/** What is watched of a connection. */
export type WatchedSocket = Pick<Socket, 'bytesRead' | 'bytesWritten' | 'destroy' | 'once'>;

/** Looks in one limit. Counted, not timed: a process that was suspended finds one look, not a limit, behind it. */
const looks = 5;
const keepAliveMs = 60_000;

/**
 * Ends a connection on which something was written and nothing came back for `limitMs`: its other end is gone without a word, or
 * what lies between swallows bytes. kafkajs gives up a request after its time but keeps the connection, and asks on it again and
 * again; an ended connection it replaces. An idle connection is left alone.
 */
export function endWhenSilent(socket: WatchedSocket, limitMs: number): void {
  let read = socket.bytesRead;
  let writtenWhenHeard = 0;
  let silentLooks = 0;
  const timer = setInterval(() => {
    if (socket.bytesRead !== read) {
      read = socket.bytesRead;
      writtenWhenHeard = socket.bytesWritten;
      silentLooks = 0;
    } else if (socket.bytesWritten > writtenWhenHeard) {
      silentLooks += 1;
    }
    if (silentLooks < looks) return;
    clearInterval(timer);
    socket.destroy(new Error(`no byte of an answer for ${limitMs} ms`));
  }, limitMs / looks);
  socket.once('close', () => clearInterval(timer));
}

/** Connections for kafkajs, as its own factory makes them, but that send at once and end when they fall silent. */
export function silenceEndingSockets(limitMs: number): ISocketFactory {
  return ({ host, port, ssl, onConnect }) => {
    // No server name is sent for an address: certificates name hosts.
    const names = isIP(host) === 0 ? { servername: host } : {};
    const socket = ssl
      ? connectTls({ host, port, ...names, ...ssl }, onConnect)
      : connect({ host, port }, onConnect);
    // Else a request waits for the acknowledgement of the one before it, which the other end may hold back for 40 ms.
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveMs);
    endWhenSilent(socket, limitMs);
    return socket;
  };
}
