import { createServer, type IncomingMessage } from 'node:http';
import { Channel, OutgoingFrame } from '@trending/push-gateway/domain';
import { boardKey, type HeartbeatFrame, type ServerFrame } from '@trending/schemas';
import { Server } from 'socket.io';
import * as library from 'ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { BoardWalk, walkedWindows } from '../fanout/board-walk.ts';

/**
 * The least that a server can do which sends the gateway's frames to everybody who asks: a broadcast of the bare library, no budgets,
 * no pressure, no resume, no log to read. `bare-push.ts PORT socket.io|ws-text|ws-framed`; GET /on and /off start and stop the changes.
 */
const [port = '0', kind = 'socket.io'] = process.argv.slice(2);
const stepMs = 500;
const heartbeatMs = 8_000;

interface Room {
  readonly window: string;
  readonly walk: BoardWalk;
  readonly channel: Channel;
}

interface Broadcast {
  send(room: Room, frame: OutgoingFrame): void;
}

const rooms: readonly Room[] = walkedWindows.map((window) => ({
  window,
  walk: new BoardWalk(window),
  channel: new Channel({ formula: 'trending', window, scope: 'all' }, 20),
}));
for (const room of rooms) step(room, Date.now());

let isOn = false;
const server = createServer((request, response) => {
  if (request.url === '/on' || request.url === '/off') isOn = request.url === '/on';
  response.end();
});
server.maxConnections = 30_000;
const broadcast = kind === 'socket.io' ? bareSocketIo() : bareWs(kind === 'ws-framed');
// All boards change at one instant, as the gateway's do: stamped one after the other, none would be seen to wait for those before it.
setInterval(() => {
  if (!isOn) return;
  const now = Date.now();
  const steps = rooms.map((room) => ({ room, frame: step(room, now) }));
  for (const { room, frame } of steps) broadcast.send(room, frame);
}, stepMs);
setInterval(() => {
  for (const room of rooms)
    broadcast.send(room, room.channel.heartbeat(Date.now()) as OutgoingFrame);
}, heartbeatMs);
server.listen({ host: '127.0.0.1', port: Number(port), backlog: 4_096 }, () =>
  console.log('READY'),
);

/** The next version of the board, scored at `now` (ms), as the frame that brings it. */
function step({ channel, walk, window }: Room, now: number): OutgoingFrame {
  const board = walk.next(now);
  const before = channel.position;
  channel.publish(
    { key: boardKey('trending', window, 'all'), board, items: board.items },
    Date.now(),
  );
  const [frame] = channel.missedSince(before) ?? [channel.snapshot(Date.now())];
  return (frame ?? new OutgoingFrame<HeartbeatFrame>(channel.heartbeat(0).frame)) as OutgoingFrame;
}

function roomOf(window: unknown): Room {
  const found = rooms.find((room) => room.window === window);
  if (found === undefined) throw new Error(`no window ${String(window)}`);
  return found;
}

function bareSocketIo(): Broadcast {
  const io = new Server(server, { transports: ['websocket'], serveClient: false });
  const all = io.of('/trending');
  all.on('connection', (socket) => {
    socket.on('subscribe', ({ board }: { board: { window: string } }) => {
      const { window, channel } = roomOf(board.window);
      void socket.join(window);
      socket.emit('snapshot', channel.snapshot(Date.now()).frame);
    });
  });
  return {
    send: ({ window }, { frame }: { frame: ServerFrame }) => all.to(window).emit(frame.type, frame),
  };
}

/** What ws keeps for frames made before, left out of its types. */
interface FrameSender {
  readonly _sender: { sendFrame(list: readonly Buffer[]): void };
}
const { Sender } = library as unknown as {
  readonly Sender: { frame(data: Buffer, options: object): Buffer[] };
};

function bareWs(isFramed: boolean): Broadcast {
  const sockets = new Map<Room, Set<WebSocket>>(rooms.map((room) => [room, new Set()]));
  const ws = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: false });
  ws.on('connection', (socket: WebSocket, _request: IncomingMessage) => {
    socket.on('message', (data) => {
      const { board } = JSON.parse(String(data)) as { board: { window: string } };
      const room = roomOf(board.window);
      sockets.get(room)?.add(socket);
      socket.on('close', () => sockets.get(room)?.delete(socket));
      socket.send(room.channel.snapshot(Date.now()).text);
    });
  });
  return {
    send(room, { text }) {
      const holders = sockets.get(room) ?? [];
      if (!isFramed) {
        for (const socket of holders) socket.send(text);
        return;
      }
      const options = { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: false };
      const packet = [Buffer.concat(Sender.frame(Buffer.from(text), options))];
      for (const socket of holders) (socket as unknown as FrameSender)._sender.sendFrame(packet);
    },
  };
}
