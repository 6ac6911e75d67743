import fastifyWebsocket from '@fastify/websocket';
import Fastify from 'fastify';
import { frameRules } from '../../src/adapters/web-socket.ts';

export interface EchoServer {
  /** ws://127.0.0.1:port */
  readonly url: string;
  stop(): Promise<void>;
}

/** Sends every message back: what the Autobahn suite talks to. Frames are read by the plugin and the rules of the gateway. */
export async function startEcho(messageBytesMax: number): Promise<EchoServer> {
  const app = Fastify();
  await app.register(fastifyWebsocket, {
    options: frameRules(messageBytesMax),
    errorHandler: (_error, socket) => socket.terminate(),
  });
  app.get('/', { websocket: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url: url.replace('http', 'ws'), stop: () => app.close() };
}
