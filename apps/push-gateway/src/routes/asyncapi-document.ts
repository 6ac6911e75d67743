import { clientFrameSchemas, serverFrameSchemas } from './frame-schemas.ts';

type Frames = readonly string[];
const fromServer: Frames = Object.keys(serverFrameSchemas);
const fromClient: Frames = Object.keys(clientFrameSchemas);

interface Channel {
  readonly address: string;
  readonly title: string;
  readonly description: string;
  readonly receives: Frames;
}

const channels: Readonly<Record<string, Channel>> = {
  webSocket: {
    address: '/ws/trending',
    title: 'WebSocket',
    description: 'One JSON frame per text message, both ways. Up to 32 boards per connection.',
    receives: fromClient,
  },
  socketIo: {
    address: '/socket.io/',
    title: 'Socket.IO',
    description:
      'Namespace /trending, WebSocket transport only. Events are named after the frame types (an error is error-frame) and carry the frame; bye tells why the gateway ends it.',
    receives: fromClient,
  },
  eventStream: {
    address: '/api/v1/trending/stream',
    title: 'Server-sent events',
    description:
      'One board per stream, asked for by query parameters. Events are named after the frame types (an error is error-frame), their data is the frame, their id is epoch:seq.',
    receives: [],
  },
};

/** The push side as AsyncAPI 3: which channels there are, which frames pass, and what they look like. */
export function asyncApiDocument(version: string): Readonly<Record<string, unknown>> {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'trending push gateway',
      version,
      description:
        'Live boards. The same frames on three transports; how to hold a board right is in docs/realtime.md.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: mapped(channels, ({ address, title, description, receives }) => ({
      address,
      title,
      description,
      messages: Object.fromEntries(
        [...fromServer, ...receives].map((name) => [name, ref(`components/messages/${name}`)]),
      ),
    })),
    operations: Object.fromEntries(Object.entries(channels).flatMap(operationsOf)),
    components: {
      messages: mapped({ ...serverFrameSchemas, ...clientFrameSchemas }, (schema, name) => ({
        name,
        title: `${name} frame`,
        summary: schema['description' as keyof typeof schema],
        payload: schema,
      })),
    },
  };
}

function operationsOf([key, { receives }]: [string, Channel]): [string, unknown][] {
  const operation = (action: 'send' | 'receive', names: Frames) => ({
    action,
    channel: ref(`channels/${key}`),
    messages: names.map((name) => ref(`channels/${key}/messages/${name}`)),
  });
  const sends: [string, unknown] = [`${key}Sends`, operation('send', fromServer)];
  if (receives.length === 0) return [sends];
  return [sends, [`${key}Receives`, operation('receive', receives)]];
}

function ref(path: string): { readonly $ref: string } {
  return { $ref: `#/${path}` };
}

function mapped<T, Result>(
  entries: Readonly<Record<string, T>>,
  map: (value: T, name: string) => Result,
): Record<string, Result> {
  return Object.fromEntries(
    Object.entries(entries).map(([name, value]) => [name, map(value, name)]),
  );
}
