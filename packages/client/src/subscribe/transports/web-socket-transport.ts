import type { ClientFrame } from '@trending/schemas/frames';
import { parseFrame, type Transport } from '../transport.ts';

/** Plain WebSocket at `/ws/trending`: one JSON frame per message. */
export const webSocketTransport: Transport = {
  name: 'websocket',
  hidesAnswers: true,
  isAvailable: () => typeof WebSocket !== 'undefined',
  open(request, events) {
    const { endpoint, board, limit, since, accessToken } = request;
    // A page cannot send headers with a WebSocket; the gateway takes the token as a protocol and chooses the other.
    const protocols = accessToken === undefined ? [] : ['trending.v1', `bearer.${accessToken}`];
    const socket = new WebSocket(`${endpoint.replace(/^http/, 'ws')}/ws/trending`, protocols);
    const send = (frame: ClientFrame) => socket.send(JSON.stringify(frame));
    socket.onopen = () =>
      send({ type: 'subscribe', board, limit, ...(since === undefined ? {} : { since }) });
    socket.onmessage = (message) => {
      const frame = parseFrame(message.data);
      if (frame !== undefined) events.onFrame(frame);
    };
    socket.onclose = (event) => events.onClosed(event.reason || `closed ${event.code}`);
    return {
      requestSnapshot: () => {
        if (socket.readyState === WebSocket.OPEN) send({ type: 'subscribe', board, limit });
      },
      close: () => {
        socket.onclose = null;
        socket.onmessage = null;
        socket.onopen = null;
        socket.close();
      },
    };
  },
};
