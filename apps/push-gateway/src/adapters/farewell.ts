import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { Part } from '@trending/runtime';
import type { Hub } from './hub.ts';

/** How long farewells may take to be read, ms. */
const farewellMs = 1_000;
const lookEveryMs = 10;

/**
 * Everybody is told of the end before the app closes its port, and is gone when it does: the port waits for upgraded sockets as long as
 * they live, and cuts event streams without a word. To be run before other hooks that close connections.
 */
export function createFarewell(server: Server, hub: Hub, socketIo: Part): () => Promise<void> {
  const upgraded = new Set<Duplex>();
  server.on('upgrade', (_request, socket: Duplex) => {
    // Whoever has gone already sends no second "close".
    if (socket.destroyed) return;
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
  });
  return async () => {
    await hub.stop();
    await socketIo.stop();
    const isAnybodyLeft = () => upgraded.size > 0 || hub.connectionCount > 0;
    for (let left = farewellMs; left > 0 && isAnybodyLeft(); left -= lookEveryMs)
      await setTimeout(lookEveryMs);
    for (const socket of upgraded) socket.destroy();
  };
}
