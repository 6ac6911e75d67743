import { parseArgs } from 'node:util';
import { walkedWindows } from '../fanout/board-walk.ts';
import { type SlowHabit, SlowSocket, type SlowTransport } from '../fanout/slow-socket.ts';

/** Many hostile sockets in one process: all of them hold a board within the milliseconds that READY tells, and are slow from then on. */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    transport: { type: 'string', default: 'websocket' },
    habit: { type: 'string', default: 'stops' },
    sockets: { type: 'string', default: '500' },
  },
});
/** Opening more at once only fills the server's queue of handshakes. */
const openingMax = 100;
const total = Number(values.sockets);
const start = performance.now();
for (let opened = 0; opened < total; opened += openingMax) {
  const opening = Array.from({ length: Math.min(openingMax, total - opened) }, (_, i) => {
    return new SlowSocket({
      ...{ port: Number(values.port), limit: 100 },
      transport: values.transport as SlowTransport,
      habit: values.habit as SlowHabit,
      window: walkedWindows[i % walkedWindows.length] ?? '1h',
    });
  });
  await Promise.all(opening.map(({ subscribed }) => subscribed));
}
console.log(`READY ${Math.round(performance.now() - start)}`);
