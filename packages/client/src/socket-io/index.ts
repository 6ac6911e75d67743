import type { ClientEvents, ServerEvents, ServerFrame } from '@trending/schemas/frames';
import { io, type Socket } from 'socket.io-client';
import type { Transport } from '../subscribe/transport.ts';

const frameEvents = ['snapshot', 'delta', 'heartbeat', 'error-frame'] as const;

/**
 * Socket.IO, namespace `/trending`, for those who already ship its client: `subscribeBoard({ transport: socketIoTransport })`.
 * Its own reconnection is off; the connection's back-off and resume rule.
 */
export const socketIoTransport: Transport = {
  name: 'socket.io',
  hidesAnswers: true,
  isAvailable: () => true,
  open({ endpoint, board, limit, since, accessToken }, events) {
    const socket: Socket<ServerEvents, ClientEvents> = io(`${endpoint}/trending`, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      ...(accessToken !== undefined && { auth: { token: accessToken } }),
    });
    for (const name of frameEvents) {
      socket.on(name, (frame: ServerFrame) => events.onFrame(frame));
    }
    socket.on('connect', () =>
      socket.emit('subscribe', { board, limit, ...(since === undefined ? {} : { since }) }),
    );
    let farewell: string | undefined;
    socket.on('bye', ({ reason }) => {
      farewell = reason;
    });
    socket.on('connect_error', (error) => events.onClosed(error.message));
    socket.on('disconnect', (reason) => events.onClosed(farewell ?? reason));
    return {
      requestSnapshot: () => socket.emit('subscribe', { board, limit }),
      close: () => {
        socket.removeAllListeners();
        socket.disconnect();
      },
    };
  },
};
