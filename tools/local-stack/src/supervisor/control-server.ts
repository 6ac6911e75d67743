import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { constants } from 'node:os';
import { host } from '../services/urls.ts';
import type { ManagedService } from './managed-service.ts';
import type { Supervisor } from './supervisor.ts';

export interface ControlServer {
  /** Loopback only; its path is a secret of the run file, so that no web page can call it. */
  readonly url: string;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** `POST <url>/services/<name>/kill|stop|start|restart[?signal=SIGTERM]` and `GET <url>/services`. */
export async function startControlServer(supervisor: Supervisor): Promise<ControlServer> {
  const secret = randomBytes(16).toString('hex');
  const server = createServer((request, response) => {
    void answerTo(request, { secret, supervisor }).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(`${JSON.stringify(body)}\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}/${secret}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answerTo(
  request: IncomingMessage,
  { secret, supervisor }: { readonly secret: string; readonly supervisor: Supervisor },
): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://control');
  const [given, kind, name, order] = url.pathname.slice(1).split('/');
  if (given !== secret || kind !== 'services') return { status: 404, body: { error: 'not found' } };
  const all = [...supervisor.services.values()];
  if (name === undefined) return { status: 200, body: all.map(describe) };
  const service = all.find(({ spec }) => spec.name === name);
  if (service === undefined) return { status: 404, body: { error: `no service ${name}` } };
  if (request.method !== 'POST') return { status: 405, body: { error: 'use POST' } };
  try {
    return await obey(service, order, url.searchParams.get('signal') ?? 'SIGKILL');
  } catch (error) {
    return { status: 500, body: { error: error instanceof Error ? error.message : String(error) } };
  }
}

async function obey(
  service: ManagedService,
  order: string | undefined,
  signal: string,
): Promise<Answer> {
  if (order === 'stop') await service.stop();
  else if (order === 'start') await service.start();
  else if (order === 'restart') await service.restart();
  else if (order === 'kill' && isSignal(signal)) {
    if (!service.signal(signal))
      return { status: 409, body: { error: `${service.spec.name} has no process just now` } };
  } else
    return { status: 400, body: { error: 'use kill, stop, start or restart, and a signal name' } };
  return { status: 200, body: describe(service) };
}

function isSignal(name: string): name is NodeJS.Signals {
  return Object.hasOwn(constants.signals, name);
}

function describe({ spec, state, pid, restarts, times }: ManagedService) {
  return { name: spec.name, state, pid: pid ?? null, restarts, ...times };
}
