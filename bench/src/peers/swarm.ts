import { parseArgs } from 'node:util';
import { walkedWindows } from '../fanout/board-walk.ts';
import { SwarmClient } from '../fanout/swarm-client.ts';
import { SwarmTally } from '../fanout/swarm-tally.ts';

/**
 * Many clients in one process. Prints READY when all hold a board; SIGUSR2 prints READING and starts the counts anew; SIGHUP cuts all
 * connections at once, lets them return, and prints CONVERGED with the milliseconds until every client held the newest version seen.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    kind: { type: 'string', default: 'socket.io' },
    clients: { type: 'string', default: '1000' },
    limit: { type: 'string', default: '20' },
    /** Clients stop reading as soon as they hold a board, and go on asking. */
    frozen: { type: 'boolean', default: false },
    /** Returning clients spread themselves over this time, as the client package does. */
    jitterMs: { type: 'string', default: '0' },
  },
});
const kind = values.kind === 'websocket' ? 'websocket' : 'socket.io';
const tally = new SwarmTally();
const clients = Array.from(
  { length: Number(values.clients) },
  (_, i) =>
    new SwarmClient({
      ...{ port: Number(values.port), kind, limit: Number(values.limit), tally },
      window: walkedWindows[i % walkedWindows.length] ?? '1h',
      isThorough: i % 250 < walkedWindows.length,
    }),
);
/** Opening more at once only fills the server's queue of handshakes. */
const openingMax = 200;

await openAll();
console.log('READY');
if (values.frozen) {
  for (const client of clients) client.freeze();
  setInterval(() => {
    for (const client of clients) client.askAgain();
  }, 100);
}
process.on('SIGUSR2', () =>
  console.log(`READING ${JSON.stringify({ ...tally.read(), versions: versionsHeld() })}`),
);
process.on('SIGHUP', () => void storm());

function versionsHeld(): number {
  const held = clients.map(
    ({ held: at }, i) => `${i % walkedWindows.length} ${at?.epoch}:${at?.seq}`,
  );
  return new Set(held).size;
}

async function openAll(): Promise<void> {
  const opening = new Set<SwarmClient>();
  for (const client of clients) {
    client.open();
    opening.add(client);
    while (opening.size >= openingMax) await settle(opening);
  }
  while (opening.size > 0) await settle(opening);
}

async function settle(opening: Set<SwarmClient>): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5));
  for (const client of opening) if (client.held !== undefined) opening.delete(client);
}

/** All at once, without the courtesy of {@link openAll}. */
async function storm(): Promise<void> {
  for (const client of clients) client.cut();
  const start = performance.now();
  for (const client of clients)
    setTimeout(() => client.open(), Math.random() * Number(values.jitterMs));
  const returned = new Set<SwarmClient>();
  const before = new Map(clients.map((client) => [client, client.held]));
  while (returned.size < clients.length) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    // A frame makes a new position object: whoever has one has been answered.
    for (const client of clients) if (client.held !== before.get(client)) returned.add(client);
    if (performance.now() - start > 60_000) break;
  }
  const ms = Math.round(performance.now() - start);
  console.log(`CONVERGED ${JSON.stringify({ ms, returned: returned.size })}`);
}
