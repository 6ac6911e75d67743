import { getEventListeners } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { Connection, type ConnectionStatus } from '../../src/subscribe/connection.ts';
import { subscribeBoard } from '../../src/subscribe/index.ts';
import { timing } from '../../src/subscribe/timing.ts';
import { board, delta, heartbeat, item, snapshot } from './support/frames.ts';
import { ManualEnvironment } from './support/manual-environment.ts';
import { type ScriptedLink, ScriptedTransport } from './support/scripted-transport.ts';

const ab = [item('a', 1), item('b', 2)];
const ba = [item('b', 1), item('a', 2)];
const expired = { type: 'error', code: 'access-expired', message: 'Over.', board } as const;

function follow(limit = 20) {
  const environment = new ManualEnvironment();
  const transport = new ScriptedTransport();
  const statuses: ConnectionStatus[] = [];
  const shown: string[][] = [];
  const errors: string[] = [];
  const subscription = subscribeBoard({
    endpoint: 'http://gateway/',
    board,
    limit,
    transport,
    environment,
    onStatus: (status) => statuses.push(status),
    onBoard: (view) => shown.push(view.items.map(({ token }) => token)),
    onError: (error) => errors.push(error.message),
  });
  return { environment, transport, statuses, shown, errors, subscription };
}

describe('a followed board', () => {
  test('goes live with the first snapshot and follows deltas', () => {
    const { transport, statuses, shown } = follow();
    expect(statuses).toEqual(['connecting']);
    transport.newest.send(snapshot(1, ab));
    transport.newest.send(delta(2, ab, ba));
    expect(statuses).toEqual(['connecting', 'live']);
    expect(shown).toEqual([
      ['a', 'b'],
      ['b', 'a'],
    ]);
    expect(transport.newest.request).toEqual({ endpoint: 'http://gateway', board, limit: 20 });
  });

  test('asks for the newest access token at every connection', () => {
    const transport = new ScriptedTransport();
    const environment = new ManualEnvironment();
    const tokens = ['one', 'two'];
    const options = { endpoint: 'http://gateway', board, transport, environment };
    const subscription = subscribeBoard({ ...options, accessToken: () => tokens.shift() });
    transport.newest.break();
    environment.advance(timing.retryMax);
    expect(transport.links.map(({ request }) => request.accessToken)).toEqual(['one', 'two']);
    subscription.close();
  });

  test('connects at once with a new access token when the last one has expired', () => {
    const transport = new ScriptedTransport();
    const environment = new ManualEnvironment();
    const tokens = ['one', 'two', 'three'];
    const errors: string[] = [];
    const options = { endpoint: 'http://gateway', board, transport, environment };
    const subscription = subscribeBoard({
      ...options,
      accessToken: () => tokens.shift(),
      onError: ({ code }) => errors.push(code),
    });
    transport.newest.send(snapshot(1, ab));
    transport.newest.send(expired);
    expect(transport.links.map(({ request }) => request.accessToken)).toEqual(['one', 'two']);
    expect([transport.links[0]?.isClosed, errors]).toEqual([true, ['access-expired']]);
    // Over before anything was shown: there is no hurry, or the two would keep each other busy.
    transport.newest.send(expired);
    expect(transport.links).toHaveLength(2);
    environment.advance(timing.retryMax);
    expect(transport.newest.request.accessToken).toBe('three');
    subscription.close();
  });

  test('keeps the link when an access token that cannot be renewed has expired', () => {
    const transport = new ScriptedTransport();
    const environment = new ManualEnvironment();
    subscribeBoard({ endpoint: '', board, transport, environment, accessToken: 'one' });
    transport.newest.send(snapshot(1, ab));
    transport.newest.send(expired);
    expect([transport.links.length, transport.newest.isClosed]).toEqual([1, false]);
  });

  test.each([
    ['the first status', () => undefined, 'connecting'],
    ['the first board', (link: ScriptedLink) => link.send(snapshot(1, ab)), 'board'],
    ['an error', (link: ScriptedLink) => link.send(expired), 'error'],
    ['a broken link', (link: ScriptedLink) => link.break(), 'reconnecting'],
    ['being live', (link: ScriptedLink) => link.send(snapshot(1, ab)), 'live'],
  ])('stays closed when closed in the callback of %s', (_what, happens, closesAt) => {
    const transport = new ScriptedTransport();
    const environment = new ManualEnvironment();
    const stop = new AbortController();
    const statuses: ConnectionStatus[] = [];
    const heard = (what: string) => what === closesAt && stop.abort();
    subscribeBoard({
      ...{ endpoint: '', board, transport, environment, signal: stop.signal },
      accessToken: () => 'token',
      onStatus: (status) => {
        statuses.push(status);
        heard(status);
      },
      onBoard: () => heard('board'),
      onError: () => heard('error'),
    });
    const [link] = transport.links;
    if (closesAt === 'reconnecting') link?.send(snapshot(1, ab));
    if (link !== undefined) happens(link);
    expect(stop.signal.aborted).toBe(true);
    expect([statuses.at(-1), environment.pendingTimers, environment.listeners]).toEqual([
      'closed',
      0,
      0,
    ]);
    expect(transport.links.filter(({ isClosed }) => !isClosed)).toEqual([]);
    environment.advance(600_000);
    expect(transport.links).toHaveLength(closesAt === 'connecting' ? 0 : 1);
  });

  test('leaves nothing behind at a signal that outlives it', () => {
    const { signal } = new AbortController();
    for (let i = 0; i < 20; i += 1) {
      const options = { endpoint: '', board, transport: new ScriptedTransport(), signal };
      subscribeBoard({ ...options, environment: new ManualEnvironment() }).close();
    }
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('shows no more places than asked for, although the gateway serves a class of limits', () => {
    const { transport, shown } = follow(1);
    transport.newest.send(snapshot(1, ab));
    transport.newest.send(delta(2, ab, ba));
    expect(shown).toEqual([['a'], ['b']]);
  });

  test('ends with the signal it was given, at once if that was over before', async () => {
    const stop = new AbortController();
    const transport = new ScriptedTransport();
    const options = { endpoint: '', board, transport, environment: new ManualEnvironment() };
    const subscription = subscribeBoard({ ...options, signal: stop.signal });
    stop.abort();
    expect(transport.newest.isClosed).toBe(true);
    for await (const view of subscription) throw new Error(`no board was sent, not ${view.seq}`);
    for await (const _ of subscribeBoard({ ...options, signal: stop.signal })) break;
    expect(transport.links).toHaveLength(1);
  });

  test('asks once for a snapshot after a gap, and shows nothing wrong meanwhile', () => {
    const { transport, shown, statuses } = follow();
    transport.newest.send(snapshot(1, ab));
    transport.newest.send(delta(4, ab, ba));
    transport.newest.send(delta(5, ba, ab));
    expect(transport.newest.snapshotsAsked).toBe(1);
    expect(shown).toEqual([['a', 'b']]);
    transport.newest.send(snapshot(5, ba));
    expect(shown.at(-1)).toEqual(['b', 'a']);
    expect(statuses.at(-1)).toBe('live');
  });

  test('a snapshot that never comes is a broken link', () => {
    const { environment, transport } = follow();
    transport.newest.send(snapshot(1, ab));
    transport.newest.send(delta(4, ab, ba));
    environment.advance(timing.resyncDeadline);
    expect(transport.links[0]?.isClosed).toBe(true);
    environment.advance(timing.retryMax);
    expect(transport.links).toHaveLength(2);
  });

  test('reconnects and asks to go on from the version it holds', () => {
    const { environment, transport, statuses, shown } = follow();
    transport.newest.send(snapshot(7, ab));
    transport.newest.break();
    expect(statuses.at(-1)).toBe('reconnecting');
    environment.advance(timing.retryMax);
    expect(transport.newest.request.since).toEqual({ epoch: 1, seq: 7 });
    transport.newest.send(heartbeat(7));
    expect(statuses.at(-1)).toBe('live');
    transport.newest.send(delta(8, ab, ba));
    expect(shown).toEqual([
      ['a', 'b'],
      ['b', 'a'],
    ]);
  });

  test('waits longer after every failure, never longer than the bound', () => {
    const { environment, transport } = follow();
    const waits = Array.from({ length: 8 }, () => {
      const before = transport.links.length;
      const from = environment.now();
      transport.newest.break();
      while (transport.links.length === before) environment.advance(50);
      return environment.now() - from;
    });
    expect(waits[0]).toBeLessThanOrEqual(2 * timing.retryFirst);
    expect(waits[3]).toBeGreaterThan(waits[0] ?? 0);
    expect(Math.max(...waits)).toBeLessThanOrEqual(timing.retryMax + 50);
  });

  test('comes back within five seconds of a farewell, which all pages hear together, and sooner after a cut', () => {
    const waitAfter = (reason: string) => {
      const { environment, transport, subscription } = follow();
      transport.newest.send(snapshot(1, ab));
      transport.newest.break(reason);
      while (transport.links.length === 1) environment.advance(50);
      subscription.close();
      return environment.now();
    };
    // The scripted chance is one half.
    expect(waitAfter('shutdown')).toBe(2_550);
    expect(waitAfter('closed 1006')).toBe(550);
  });

  test.each([
    ['as long as it is asked to', 20_000, 20_550],
    ['no shorter when it may come again at once', 0, 550],
    ['no longer than a minute', 3_600_000, 60_550],
  ])('waits %s', (_howLong, asked, waited) => {
    const { environment, transport } = follow();
    transport.newest.break('the gateway answered 429', asked);
    while (transport.links.length === 1) environment.advance(50);
    expect(environment.now()).toBe(waited);
  });

  test('a frame from a link that was given up is not heard', () => {
    const { environment, transport, shown } = follow();
    const old = transport.newest;
    old.send(snapshot(1, ab));
    old.break();
    environment.advance(timing.retryMax);
    old.send(delta(2, ab, ba));
    expect(shown).toEqual([['a', 'b']]);
  });

  test('silence first shows as stale, then as a reconnect', () => {
    const { environment, transport, statuses } = follow();
    transport.newest.send(snapshot(1, ab));
    environment.advance(timing.staleAfter - 1);
    expect(statuses.at(-1)).toBe('live');
    environment.advance(1);
    expect(statuses.at(-1)).toBe('stale');
    environment.advance(timing.reconnectAfter);
    expect(transport.links).toHaveLength(2);
  });

  test('a heartbeat in time keeps it live', () => {
    const { environment, transport, statuses } = follow();
    transport.newest.send(snapshot(1, ab));
    for (let i = 0; i < 20; i += 1) {
      environment.advance(10_000);
      transport.newest.send(heartbeat(1));
    }
    expect(statuses).toEqual(['connecting', 'live']);
  });

  test('a board that itself stands still for long is stale although the link lives', () => {
    const { transport, statuses } = follow();
    transport.newest.send(snapshot(1, ab));
    transport.newest.send(heartbeat(1, timing.boardStale));
    expect(statuses.at(-1)).toBe('stale');
    transport.newest.send(delta(2, ab, ba));
    expect(statuses.at(-1)).toBe('live');
  });

  test('rests while the page is hidden and resumes when it is seen again', () => {
    const { environment, transport, statuses } = follow();
    transport.newest.send(snapshot(3, ab));
    environment.set({ visible: false });
    environment.advance(timing.hiddenGrace - 1);
    expect(transport.newest.isClosed).toBe(false);
    environment.advance(1);
    expect(transport.newest.isClosed).toBe(true);
    environment.advance(600_000);
    expect(transport.links).toHaveLength(1);
    environment.set({ visible: true });
    expect(transport.newest.request.since).toEqual({ epoch: 1, seq: 3 });
    transport.newest.send(snapshot(9, ba));
    expect(statuses.at(-1)).toBe('live');
  });

  test('a glance at another tab does not drop the link', () => {
    const { environment, transport } = follow();
    transport.newest.send(snapshot(3, ab));
    environment.set({ visible: false });
    environment.advance(1_000);
    environment.set({ visible: true });
    environment.advance(timing.hiddenGrace);
    expect(transport.links).toHaveLength(1);
    expect(transport.newest.isClosed).toBe(false);
  });

  test('is offline without a network and comes back at once with it', () => {
    const { environment, transport, statuses } = follow();
    transport.newest.send(snapshot(3, ab));
    environment.set({ online: false });
    expect(statuses.at(-1)).toBe('offline');
    environment.advance(600_000);
    expect(transport.links).toHaveLength(1);
    environment.set({ online: true });
    expect(transport.links).toHaveLength(2);
  });

  test('a refusal is told in the words of the gateway', () => {
    const { transport, errors } = follow();
    transport.newest.send({ type: 'error', code: 'unknown-board', message: 'No window 2h', board });
    expect(errors).toEqual(['No window 2h']);
  });

  test.each(['websocket', 'sse', 'pigeon'] as const)(
    'says at once that there is no %s here, instead of trying for ever',
    (transport) => {
      vi.stubGlobal('WebSocket', undefined);
      vi.stubGlobal('EventSource', undefined);
      try {
        const options = { endpoint: 'http://gateway.test', board, transport: transport as 'sse' };
        expect(() => subscribeBoard(options)).toThrow(
          `no transport "${transport}" on this platform`,
        );
      } finally {
        vi.unstubAllGlobals();
      }
    },
  );

  test('close leaves no timer, no listener and no link behind', () => {
    const { environment, transport, statuses, subscription } = follow();
    transport.newest.send(snapshot(3, ab));
    subscription.close();
    subscription.close();
    expect(environment.pendingTimers).toBe(0);
    expect(environment.listeners).toBe(0);
    expect(transport.newest.isClosed).toBe(true);
    expect(statuses.at(-1)).toBe('closed');
  });

  test('iterating gives the newest version and ends with close', async () => {
    const { transport, subscription } = follow();
    transport.newest.send(snapshot(1, ab));
    transport.newest.send(delta(2, ab, ba));
    const seen: number[] = [];
    for await (const view of subscription) {
      seen.push(view.seq);
      if (view.seq === 2) queueMicrotask(() => transport.newest.send(delta(3, ba, ab)));
      else break;
    }
    expect(seen).toEqual([2, 3]);
    expect(transport.newest.isClosed).toBe(true);
  });
});

describe('falling back', () => {
  function followOver(names: readonly string[]) {
    const environment = new ManualEnvironment();
    const transports = names.map((name) => new ScriptedTransport(name));
    const connection = new Connection({
      request: { endpoint: 'http://gateway', board, limit: 20 },
      accessToken: () => undefined,
      renewsToken: false,
      transports,
      environment,
      onBoard: () => undefined,
      onStatus: () => undefined,
      onError: () => undefined,
    });
    connection.start();
    const [first, second] = transports;
    if (first === undefined || second === undefined) throw new Error('two transports are needed');
    return { connection, environment, first, second };
  }

  /** The first has failed twice, so that the second has its turn. */
  function fallenBack() {
    const followed = followOver(['websocket', 'sse']);
    for (let failures = 0; failures < 2; failures += 1) {
      followed.first.newest.break();
      followed.environment.advance(timing.retryMax);
    }
    return followed;
  }

  test('the next transport has its turn after two failures, and the first again after a while', () => {
    const { environment, first, second } = fallenBack();
    expect([first.links.length, second.links.length]).toEqual([2, 1]);
    second.newest.send(snapshot(1, ab));
    for (let at = 0; at < timing.upgradeAfter; at += 10_000) {
      environment.advance(10_000);
      second.newest.send(heartbeat(1));
    }
    expect(first.links).toHaveLength(3);
    expect(first.newest.request.since).toEqual({ epoch: 1, seq: 1 });
  });

  test('the first has its turn after that while too when the second breaks again and again', () => {
    const { environment, first, second } = fallenBack();
    const fellBackAt = environment.now();
    while (environment.now() < fellBackAt + timing.upgradeAfter) {
      second.newest.send(snapshot(1, ab));
      environment.advance(20_000);
      if (second.newest.isClosed) break;
      // A proxy that ends streams, or a page that is left for a moment.
      second.newest.break();
      environment.advance(10_000);
    }
    environment.advance(timing.retryMax);
    expect(first.links).toHaveLength(3);
    first.newest.send(snapshot(2, ab));
    environment.advance(20_000);
    expect(first.newest.isClosed).toBe(false);
  });

  test('a page that comes back has the first again, when its time came while nobody looked', () => {
    const { environment, first, second } = fallenBack();
    second.newest.send(snapshot(1, ab));
    environment.set({ visible: false });
    environment.advance(timing.upgradeAfter + 1);
    expect([first.links.length, second.links.length]).toEqual([2, 1]);
    environment.set({ visible: true });
    expect([first.links.length, second.links.length]).toEqual([3, 1]);
  });

  test('close leaves no timer behind on a fallback either', () => {
    const { connection, environment, second } = fallenBack();
    second.newest.send(snapshot(1, ab));
    connection.close();
    expect(environment.pendingTimers).toBe(0);
  });

  test('a first choice that works again has no turn to wait for', () => {
    const { environment, first, second } = fallenBack();
    second.newest.send(snapshot(1, ab));
    second.newest.break();
    environment.advance(timing.retryMax);
    second.newest.break();
    environment.advance(timing.retryMax);
    for (let at = 0; at < timing.upgradeAfter; at += 10_000) {
      first.newest.send(snapshot(2, ab));
      environment.advance(10_000);
    }
    expect([first.links.length, first.newest.isClosed]).toEqual([3, false]);
  });

  test('with everything down, every transport keeps getting its turn', () => {
    const { environment, first, second } = followOver(['websocket', 'sse']);
    for (let i = 0; i < 8; i += 1) {
      const open = [...first.links, ...second.links].find(({ isClosed }) => !isClosed);
      open?.break();
      environment.advance(timing.retryMax);
    }
    expect(first.links.length).toBeGreaterThan(2);
    expect(second.links.length).toBeGreaterThan(2);
  });
});
