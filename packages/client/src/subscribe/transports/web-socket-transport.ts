import type { ClientFrame } from '@trending/schemas/frames';
import {
  openedLink,
  parseFrame,
  type Transport,
  type TransportEvents,
  type TransportLink,
  type TransportRequest,
} from '../transport.ts';

/** Plain WebSocket at `/ws/trending`: one JSON frame per message. */
export const webSocketTransport: Transport = {
  name: 'websocket',
  hidesAnswers: true,
  isAvailable: () => typeof WebSocket !== 'undefined',
  open: (request, events) => openedLink(events, () => follow(request, events)),
};

function follow(request: TransportRequest, events: TransportEvents): TransportLink {
  const { endpoint, board, limit, since, accessToken } = request;
  // A page cannot send headers with a WebSocket; the gateway takes the token as a protocol and chooses the other.
  const protocols = accessToken === undefined ? [] : ['trending.v1', bearerProtocol(accessToken)];
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
}

/** A protocol is a token of RFC 9110, 5.6.2; what else an access token may hold travels as base64url of its UTF-8. */
function bearerProtocol(accessToken: string): string {
  if (/^[\w!#$%&'*+.^`|~-]+$/.test(accessToken)) return `bearer.${accessToken}`;
  const base64 = btoa(String.fromCharCode(...new TextEncoder().encode(accessToken)));
  return `bearer64.${base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}
