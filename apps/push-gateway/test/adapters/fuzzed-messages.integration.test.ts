import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { seededRandom } from '@trending/runtime/random';
import { ManualClock, until } from '@trending/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { boardOf, tokens } from '../support/boards.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

const messages = 10_000;
/** Below the rate limit: the clock moves on by a second after so many. */
const batch = 15;
const board = { formula: 'trending', window: '1h', scope: 'all' };
const valid = [
  { type: 'subscribe', board, limit: 20 },
  { type: 'subscribe', board, limit: 100, since: { epoch: 0, seq: 1 } },
  { type: 'unsubscribe', board },
  { type: 'subscribe', board: { ...board, scope: 'chain:eth' } },
].map((frame) => JSON.stringify(frame));
const odd = [
  '{',
  '}',
  '"',
  '\\',
  '\u0000',
  '\ud800',
  '__proto__',
  '1e999',
  '-1',
  '[[[[',
  '42/',
  '/trending,',
  'é',
];

function randomOf(seed: number): (below: number) => number {
  const random = seededRandom(seed);
  return (below) => Math.floor(random() * below);
}

/** A few cuts, doublings, swaps and insertions into a message that was right. */
function mutated(text: string, random: (below: number) => number): string {
  let made = text;
  for (let n = random(4); n > 0; n -= 1) {
    const at = random(made.length + 1);
    const kind = random(4);
    if (kind === 0) made = made.slice(0, at) + made.slice(at + 1 + random(8));
    else if (kind === 1)
      made = made.slice(0, at) + (odd[random(odd.length)] ?? '') + made.slice(at);
    else if (kind === 2) made += made.slice(at, at + 200);
    else made = made.slice(0, at) + String.fromCharCode(random(300)) + made.slice(at + 1);
  }
  return made.slice(0, 4_000);
}

/** Engine.IO ends a connection at the first packet that is not JSON, so most stay JSON, of whatever shape. */
function socketIoEvent(text: string): string {
  const value = JSON.stringify(parsedOr(text));
  return `42/trending,["subscribe",${value}]`;
}

function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const doors = [
  {
    name: 'WebSocket',
    path: '/ws/trending',
    wrap: (text: string) => text,
    greeting: [],
    brokenOneIn: 1,
  },
  {
    name: 'Socket.IO',
    path: '/socket.io/?EIO=4&transport=websocket',
    wrap: socketIoEvent,
    greeting: ['40/trending,'],
    brokenOneIn: 50,
  },
];

function collectGarbage(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

describe.each(doors)('ten thousand fuzzed messages over $name', (door) => {
  const { path, wrap, greeting, brokenOneIn } = door;
  const clock = new ManualClock(1_700_000_100_000);
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ clock, env: { CONNECTION_ATTEMPTS_PER_MINUTE: '0' } });
    await gateway.publish(boardOf(tokens(30)));
  });
  afterAll(() => gateway.stop());

  async function open(): Promise<WebSocket> {
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}${path}`);
    socket.on('error', () => undefined);
    socket.on('message', () => undefined);
    await new Promise((resolve) => socket.on('open', resolve));
    for (const text of greeting) {
      const welcomed = new Promise<void>((resolve) =>
        socket.on('message', (data) => String(data).startsWith(text) && resolve()),
      );
      socket.send(text);
      await welcomed;
    }
    return socket;
  }

  /** True when everything sent before was read; false when the gateway ended the connection. */
  function settled(socket: WebSocket): Promise<boolean> {
    return new Promise((resolve) => {
      socket.once('pong', () => resolve(true));
      socket.once('close', () => resolve(false));
      if (socket.readyState === socket.OPEN) socket.ping();
      else resolve(false);
    });
  }

  it('neither crash it, nor leave a connection behind, nor grow it', {
    timeout: 60_000,
  }, async () => {
    const random = randomOf(20_261);
    const before = collectGarbage();
    let socket = await open();
    let reopened = 0;
    for (let sent = 0; sent < messages; sent += batch) {
      for (let i = 0; i < batch; i += 1) {
        const inner = wrap(mutated(valid[random(valid.length)] ?? '', random));
        const text = random(brokenOneIn) === 0 ? mutated(inner, random) : inner;
        socket.send(random(10 * brokenOneIn) === 0 ? Buffer.from(text) : text);
      }
      clock.advance(1_000);
      if (await settled(socket)) continue;
      reopened += 1;
      socket = await open();
    }
    socket.terminate();
    const gone = async () => {
      const text = await (await fetch(`${gateway.url}/metrics`)).text();
      return (
        [...text.matchAll(/^trending_push_clients\{.*\} (\d+)/gm)].every(([, n]) => n === '0') ||
        undefined
      );
    };
    await until({ timeoutMs: 5_000, what: 'the end of all connections' }, gone);
    expect(reopened).toBeLessThan(messages / batch);
    expect(collectGarbage() - before).toBeLessThan(30e6);
    const newcomer = await open();
    const answer = new Promise<string>((resolve) =>
      newcomer.on('message', (data) => String(data).includes('snapshot') && resolve(String(data))),
    );
    newcomer.send(wrap(valid[0] ?? ''));
    expect(await answer).toContain('"checksum"');
    newcomer.terminate();
  });
});
