import { type ClientFrame, type ErrorFrame, originRefused } from '@trending/schemas/frames';
import { parseFrame, type Transport } from '../transport.ts';

/** Plain WebSocket at `/ws/trending`: one JSON frame per message. */
export const webSocketTransport: Transport = {
  name: 'websocket',
  isAvailable: () => typeof WebSocket !== 'undefined',
  open(request, events) {
    const { endpoint, board, limit, since } = request;
    const socket = new WebSocket(`${endpoint.replace(/^http/, 'ws')}/ws/trending`);
    const send = (frame: ClientFrame) => socket.send(JSON.stringify(frame));
    socket.onopen = () =>
      send({ type: 'subscribe', board, limit, ...(since === undefined ? {} : { since }) });
    socket.onmessage = (message) => {
      const frame = parseFrame(message.data);
      if (frame !== undefined) events.onFrame(frame);
    };
    socket.onclose = (event) => {
      if (event.reason === originRefused) events.onFrame(originProblem(endpoint));
      events.onClosed(event.reason || `closed ${event.code}`);
    };
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

/** Browsers hide why HTTP across origins fails; only this transport can tell. */
function originProblem(endpoint: string): ErrorFrame {
  const origin = typeof location === 'undefined' ? 'This origin' : location.origin;
  return {
    type: 'error',
    code: 'origin-not-allowed',
    message: `${origin} may not show boards of ${endpoint}. Its operator can add it to ALLOWED_ORIGINS.`,
  };
}
