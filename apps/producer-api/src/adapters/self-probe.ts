import { type ClientRequest, get, type Server } from 'node:http';
import type { Part } from '@trending/runtime';

export interface SelfProbeSettings {
  /** Asked at `/livez` once it listens. */
  readonly server: Server;
  /**
   * Takes the wait of now, ms, after every answer, and meanwhile when it gets long. It is no news when it is a wait that was told
   * before and has not doubled since: the same one must not pass for two.
   */
  readonly waited: (waitMs: number, isNews: boolean) => void;
}

const everyMs = 200;
const firstSaidMs = 500;

interface Asking {
  readonly call: ClientRequest;
  readonly since: number;
  /** The wait that was told last, ms. */
  saidMs: number;
}

/**
 * Asks the service itself over a new connection, and tells how long the answer takes. Nothing inside sees where requests wait
 * under overload: Node accepts one connection in each turn of its event loop, so the turns stay short and a queue grows in the
 * kernel that only whoever stands in it can measure.
 */
export function createSelfProbe({ server, waited }: SelfProbeSettings): Part {
  let timer: NodeJS.Timeout | undefined;
  let asking: Asking | undefined;

  const answered = (question: Asking): void => {
    asking = undefined;
    const waitMs = performance.now() - question.since;
    const isTold = question.saidMs >= firstSaidMs;
    waited(waitMs, !isTold || waitMs >= 2 * question.saidMs);
  };
  /** Who still waits has waited so long at least; said at each doubling, because what it leads to shows only later. */
  const stillWaiting = (question: Asking): void => {
    const waitMs = performance.now() - question.since;
    if (waitMs < 2 * question.saidMs) return;
    question.saidMs = waitMs;
    waited(waitMs, true);
  };
  const ask = (): void => {
    if (asking !== undefined) {
      stillWaiting(asking);
      return;
    }
    const address = server.address();
    if (address === null || typeof address === 'string') return;
    const since = performance.now();
    const call = get({
      host: reachable(address.address),
      port: address.port,
      path: '/livez',
      agent: false,
    });
    const question = { call, since, saidMs: firstSaidMs / 2 };
    asking = question;
    call.on('response', (response) => {
      response.resume();
      response.on('close', () => answered(question));
    });
    // A refused connection waits for nothing: the limit of sockets is reached, or the port is closing.
    call.on('error', () => {
      if (asking?.call === call) asking = undefined;
    });
  };
  return {
    name: 'self-probe',
    async start() {
      timer ??= setInterval(ask, everyMs);
    },
    async stop() {
      clearInterval(timer);
      timer = undefined;
      asking?.call.destroy();
      asking = undefined;
    },
  };
}

function reachable(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  return address === '::' ? '::1' : address;
}
