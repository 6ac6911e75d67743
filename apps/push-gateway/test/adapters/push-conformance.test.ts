import { ManualClock } from '@trending/runtime/testing';
import type { BoardRef, ServerFrame } from '@trending/schemas';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { boardOf, scoredBoard, tokens } from '../support/boards.ts';
import { follow, type PushClient, transports } from '../support/push-clients.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

const board: BoardRef = { formula: 'trending', window: '1h', scope: 'all' };
const start = 1_700_000_100_000;

describe.each(transports)('push over $name', (transport) => {
  const clock = new ManualClock(start);
  let gateway: TestGateway;
  let client: PushClient;
  /** Every test is a ranker of its own, so boards of the test before it cannot be mistaken for its own. */
  let epoch: number;
  const at = (seq: number) => ({ epoch, seq });

  beforeAll(async () => {
    gateway = await startGateway({ clock });
  });
  afterAll(() => gateway.stop());
  beforeEach(async () => {
    epoch = await gateway.fence();
    client = await transport.connect(gateway.url);
  });
  afterEach(() => client.close());

  it('sends a snapshot first, with its times and checksum', async () => {
    await gateway.publish(boardOf(tokens(3), at(4)));
    client.subscribe({ board, limit: 10 });
    const frame = await client.next();
    expect(frame).toMatchObject({
      type: 'snapshot',
      board,
      epoch,
      seq: 4,
      limit: 10,
      pushedAt: start,
      scoredAt: 1_700_000_000_004,
      receivedAt: 1_699_999_999_984,
    });
    expect(follow(undefined, frame).items.map(({ token }) => token)).toEqual(tokens(3));
  });

  it('shows an empty board that nobody has ranked yet, then fills it', async () => {
    const unranked = { ...board, scope: 'chain:nobody' };
    client.subscribe({ board: unranked });
    const empty = await client.next();
    expect(empty).toMatchObject({ type: 'snapshot', epoch: 0, seq: 0, items: [] });
    await gateway.publish(boardOf(tokens(2), { ...at(1), scope: unranked.scope }));
    expect(follow(follow(undefined, empty), await client.next()).items).toHaveLength(2);
  });

  it('converges by deltas to what REST shows', async () => {
    await gateway.publish(boardOf(tokens(5), at(1)));
    client.subscribe({ board, limit: 10 });
    let held = follow(undefined, await client.next());
    const versions = [
      scoredBoard(
        [
          ['eth:b', 9],
          ['eth:0x0001', 8],
          ['eth:0x0002', 7],
        ],
        at(2),
      ),
      scoredBoard(
        [
          ['eth:0x0002', 9],
          ['eth:b', 8],
        ],
        at(3),
      ),
      boardOf(tokens(30), at(7)),
    ];
    for (const version of versions) {
      await gateway.publish(version);
      const frame = await client.next();
      expect(frame.type).toBe('delta');
      held = follow(held, frame);
    }
    const answer = await fetch(`${gateway.url}/api/v1/tokens/trending?limit=10`);
    const rest = (await answer.json()) as { items: { token: string; scoreMicro: number }[] };
    expect(held.items.map(({ token, scoreMicro }) => [token, scoreMicro])).toEqual(
      rest.items.map(({ token, scoreMicro }) => [token, scoreMicro]),
    );
  });

  it('is silent when only places below the limit changed, and continues over the gap', async () => {
    await gateway.publish(boardOf(tokens(12), at(1)));
    client.subscribe({ board, limit: 10 });
    let held = follow(undefined, await client.next());
    const top = boardOf(tokens(12)).items;
    const tailChanged = boardOf(tokens(12), at(2));
    await gateway.publish({
      ...tailChanged,
      items: [...top.slice(0, 11), { ...top[11]!, rawViews: 99 }],
    });
    await gateway.publish(boardOf(tokens(11).reverse(), at(3)));
    const frame = await client.next();
    expect(frame).toMatchObject({ type: 'delta', prevSeq: 1, seq: 3 });
    held = follow(held, frame);
    expect(held.items[0]?.token).toBe('eth:0x0011');
  });

  it('tells readers nothing of networks, nor of what expectations were made of, and is silent when only those moved', async () => {
    const first = boardOf(tokens(3), at(1));
    const basis = { phiMicro: 150_000, shareNano: 5_100_000, hourIndexMicro: 1_040_000 };
    const told = (seq: number, networks: number) => {
      const made = { ...basis, phiMicro: networks, cohort: 'eth/old', capped: networks };
      const items = first.items.map((item) => ({ ...item, networks, basis: made }));
      return { ...boardOf(tokens(3), at(seq)), items, siteEffective: networks };
    };
    await gateway.publish(told(1, 7));
    client.subscribe({ board, limit: 10 });
    const snapshot = await client.next();
    await gateway.publish(told(2, 8));
    await gateway.publish(boardOf(tokens(4), at(3)));
    const delta = await client.next();
    expect(delta).toMatchObject({ type: 'delta', prevSeq: 1, seq: 3 });
    expect(JSON.stringify([snapshot, delta])).not.toMatch(
      /networks|basis|capped|phi|cohort|siteEffective/,
    );
  });

  it('starts over with a snapshot in a new epoch and drops boards of the old one', async () => {
    await gateway.publish(boardOf(tokens(3), at(8)));
    client.subscribe({ board });
    await client.next();
    const newer = await gateway.fence();
    await gateway.publish(boardOf(['eth:zombie'], at(9)));
    await gateway.publish(boardOf(tokens(4), { epoch: newer, seq: 1 }));
    expect(await client.next()).toMatchObject({ type: 'snapshot', epoch: newer, seq: 1 });
    expect(client.waiting).toEqual([]);
  });

  it('resumes with every missed delta, then a heartbeat of the version reached', async () => {
    await gateway.publish(boardOf(tokens(3), at(1)));
    client.subscribe({ board });
    let held = follow(undefined, await client.next());
    client.close();
    await gateway.publish(boardOf(tokens(4), at(2)));
    await gateway.publish(boardOf(tokens(5), at(3)));
    const second = await transport.connect(gateway.url);
    second.subscribe({ board, since: { epoch: held.epoch, seq: held.seq } });
    held = follow(held, await second.next());
    held = follow(held, await second.next());
    expect(await second.next()).toMatchObject({ type: 'heartbeat', epoch, seq: 3 });
    expect(held.items).toHaveLength(5);
    second.close();
  });

  it('resumes without frames but the heartbeat when nothing was missed', async () => {
    await gateway.publish(boardOf(tokens(3), at(6)));
    client.subscribe({ board, since: at(6) });
    expect(await client.next()).toMatchObject({ type: 'heartbeat', seq: 6 });
  });

  it.each([
    ['a version it does not remember', 0, 2],
    ['a version of the future', 0, 900],
    ['another epoch', 1_000, 6],
  ])('answers a resume from %s with a snapshot', async (_what, ahead, seq) => {
    const since = { epoch: epoch + ahead, seq };
    await gateway.publish(boardOf(tokens(3), at(6)));
    client.subscribe({ board, since });
    expect(await client.next()).toMatchObject({ type: 'snapshot', seq: 6 });
  });

  it('sends heartbeats with the age and the times of the board', async () => {
    const scoredAt = clock.now() - 1_500;
    await gateway.publish(boardOf(tokens(3), { ...at(6), scoredAt }));
    client.subscribe({ board });
    await client.next();
    await gateway.hub.beat();
    const times = { receivedAt: scoredAt - 20, scoredAt, pushedAt: clock.now() };
    const beat = { type: 'heartbeat', board, seq: 6, staleMs: 1_500, ...times };
    expect(await client.next()).toMatchObject(beat);
  });

  it('refuses a board that cannot exist and names the choices', async () => {
    client.subscribe({ board: { ...board, window: '7y' } });
    const frame = await client.next();
    expect(frame).toMatchObject({ type: 'error', code: 'unknown-board' });
    expect(frame.type === 'error' && frame.message).toContain('5m, 1h, 6h, 24h');
  });

  it('hears nothing more after unsubscribing', async () => {
    await gateway.publish(boardOf(tokens(3), at(1)));
    client.subscribe({ board });
    await client.next();
    client.unsubscribe(board);
    const other = await transport.connect(gateway.url);
    other.subscribe({ board });
    await other.next();
    await gateway.publish(boardOf(tokens(4), at(2)));
    await other.next();
    expect(client.waiting).toEqual([]);
    other.close();
  });

  it('survives nonsense and keeps serving', async () => {
    client.sendRaw({ nonsense: '__proto__' });
    expect((await client.next()).type).toBe('error');
    const other = await transport.connect(gateway.url);
    other.subscribe({ board });
    expect((await other.next()).type).toBe('snapshot');
    other.close();
  });

  it('says why it ends when it shuts down', async () => {
    const own = await startGateway({ clock });
    const guest = await transport.connect(own.url);
    guest.subscribe({ board });
    await guest.next();
    await own.hub.stop();
    expect(await guest.ended).toBe('shutdown');
    await own.stop();
  });

  it('says so too when its port is closed first, and does not keep the port waiting', async () => {
    const own = await startGateway({ clock });
    const guest = await transport.connect(own.url);
    guest.subscribe({ board });
    await guest.next();
    await own.app.close();
    expect(await guest.ended).toBe('shutdown');
    await own.stop();
  });

  it('joins names into frames', async () => {
    await gateway.describe({
      chain: 'eth',
      address: '0x0001',
      name: 'One',
      symbol: 'ONE',
      categories: ['meme'],
      createdAt: null,
      logoUri: 'https://logo.example/1.png',
      updatedAt: 1,
    });
    await gateway.publish(boardOf(tokens(2), at(1)));
    client.subscribe({ board });
    const { items } = follow(undefined, await client.next());
    expect(items[0]).toMatchObject({ name: 'One', symbol: 'ONE', categories: ['meme'] });
    expect(items[1]).not.toHaveProperty('name');
  });

  it('takes the shared frame of a limit class for limits in between', async () => {
    await gateway.publish(boardOf(tokens(60), at(1)));
    client.subscribe({ board, limit: 15 });
    const frame: ServerFrame = await client.next();
    expect(frame).toMatchObject({ type: 'snapshot', limit: 20 });
    expect(follow(undefined, frame).items).toHaveLength(20);
  });
});
