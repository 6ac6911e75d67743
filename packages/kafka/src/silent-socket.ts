import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';
import { UnansweredRequests } from './unanswered-requests.ts';

/** What is watched of a connection. */
export type WatchedSocket = Pick<Socket, 'destroy' | 'on' | 'once' | 'write'>;

/** Looks in the shorter limit. Counted, not timed: a process that was suspended finds one look, not a limit, behind it. */
const looks = 5;
/** For what a broker answers at once, busy or not. */
const promptMsMax = 10_000;
const keepAliveMs = 60_000;

/**
 * Ends a connection on which something was asked and no byte came back for `limitMs`, or for ten seconds if all of it is answered at once
 * by a broker that can: its other end is gone without a word, or what lies between swallows bytes. kafkajs gives up a request after its
 * time but keeps the connection, and asks on it again and again; an ended connection it replaces. An idle connection is left alone.
 */
export function endWhenSilent(socket: WatchedSocket, limitMs: number): void {
  const promptMs = Math.min(limitMs, promptMsMax);
  const requests = new UnansweredRequests();
  let isHeard = false;
  let silentLooks = 0;
  countRequests(socket, requests);
  socket.on('data', (bytes: Buffer) => {
    requests.heard(bytes);
    isHeard = true;
  });
  const timer = setInterval(() => {
    silentLooks = isHeard || !requests.isWaiting ? 0 : silentLooks + 1;
    isHeard = false;
    const limit = requests.isDueAtOnce ? promptMs : limitMs;
    if (silentLooks * promptMs < limit * looks) return;
    clearInterval(timer);
    socket.destroy(new Error(`no byte of an answer for ${limit} ms`));
  }, promptMs / looks);
  socket.once('close', () => clearInterval(timer));
}

/** kafkajs writes each request at once and whole. */
function countRequests(socket: WatchedSocket, requests: UnansweredRequests): void {
  const write = socket.write.bind(socket) as (...call: unknown[]) => boolean;
  socket.write = (...call: [Uint8Array | string, ...unknown[]]) => {
    requests.asked(call[0]);
    return write(...call);
  };
}

/** Connections for kafkajs, as its own factory makes them, but that send at once and end when they fall silent, or when `until` is aborted. */
export function silenceEndingSockets(limitMs: number, until?: AbortSignal): ISocketFactory {
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
    if (until !== undefined) endWhenAborted(socket, until);
    return socket;
  };
}

/** kafkajs hears of an error alone: a connection that merely closes leaves its requests waiting. */
function endWhenAborted(socket: Socket, until: AbortSignal): void {
  const end = () => void socket.destroy(new Error('nobody waits for it any more'));
  if (until.aborted) end();
  else until.addEventListener('abort', end, { once: true });
  socket.once('close', () => until.removeEventListener('abort', end));
}
