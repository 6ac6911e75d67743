import { until } from '@trending/runtime/testing';
import type { Position } from '@trending/schemas';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boardOf, tokens } from '../support/boards.ts';
import { type BoardState, follow, type PushClient, transports } from '../support/push-clients.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

const board = { formula: 'trending', window: '1h', scope: 'all' };
const crowd = 300;

/** A client of the rules: follows frames, throws at the first one that does not fit what it holds. */
interface Follower {
  readonly client: PushClient;
  held: BoardState;
  readonly heartbeat: Position | undefined;
}

async function begin(client: PushClient): Promise<Follower> {
  client.subscribe({ board });
  return { client, held: follow(undefined, await client.next()), heartbeat: undefined };
}

/** Resumes where it was: deltas and then a heartbeat, or one snapshot. */
async function resume(client: PushClient, held: BoardState): Promise<Follower> {
  client.subscribe({ board, since: { epoch: held.epoch, seq: held.seq } });
  let state = held;
  for (;;) {
    const frame = await client.next();
    if (frame.type === 'heartbeat') return { client, held: state, heartbeat: frame };
    state = follow(state, frame);
    if (frame.type === 'snapshot') return { client, held: state, heartbeat: undefined };
  }
}

describe.each(transports)('three hundred clients on $name, cut at once', (transport) => {
  let gateway: TestGateway;
  let other: TestGateway;
  const open: PushClient[] = [];
  beforeEach(async () => {
    gateway = await startGateway();
    other = await startGateway({ log: gateway.log });
  });
  afterEach(async () => {
    for (const client of open.splice(0)) client.close();
    await gateway.stop();
    await other.stop();
  });

  const connect = async (url: string) => {
    const client = await transport.connect(url);
    open.push(client);
    return client;
  };

  it('come back to the same gateway with what they missed, while boards go on changing', async () => {
    await gateway.publish(boardOf(tokens(20), { seq: 1 }));
    const before = await Promise.all(
      Array.from({ length: crowd }, async () => begin(await connect(gateway.url))),
    );
    for (const { client } of before) client.close();
    await gateway.publish(boardOf(tokens(21).reverse(), { seq: 2 }));
    const returning = before.map(async ({ held }) => resume(await connect(gateway.url), held));
    await gateway.publish(boardOf(tokens(22), { seq: 3 }));
    const after = await Promise.all(returning);
    for (const follower of after) {
      while (follower.held.seq < 3)
        follower.held = follow(follower.held, await follower.client.next());
    }
    const ends = new Set(after.map(({ held }) => JSON.stringify(held)));
    expect(ends.size).toBe(1);
    expect(after[0]?.held.items).toHaveLength(20);
  });

  it('move to another gateway when theirs is killed, and continue there without a wrong frame', async () => {
    await gateway.publish(boardOf(tokens(20), { seq: 1 }));
    const before = await Promise.all(
      Array.from({ length: crowd }, async (_, i) =>
        begin(await connect(i % 2 === 0 ? gateway.url : other.url)),
      ),
    );
    const [one, two] = [before[0]?.held, before[1]?.held];
    expect(one).toEqual(two);
    await gateway.publish(boardOf(tokens(25).reverse(), { seq: 2 }));
    for (const follower of before)
      follower.held = follow(follower.held, await follower.client.next());
    // As a kill does: no farewell, every socket gone.
    for (const socket of before.filter((_, i) => i % 2 === 0)) socket.client.close();
    await gateway.app.close();
    const moved = await Promise.all(
      before
        .filter((_, i) => i % 2 === 0)
        .map(async ({ held }) => resume(await connect(other.url), held)),
    );
    // The same (epoch, seq) means the same items on both, so nothing had to be sent again.
    expect(moved.every(({ heartbeat }) => heartbeat?.seq === 2)).toBe(true);
    await other.publish(boardOf(tokens(3), { seq: 3 }));
    const stayed = before.filter((_, i) => i % 2 === 1);
    for (const follower of [...moved, ...stayed])
      follower.held = follow(follower.held, await follower.client.next());
    expect(new Set([...moved, ...stayed].map(({ held }) => JSON.stringify(held))).size).toBe(1);
    await until({ timeoutMs: 5_000, what: 'no waiting frame' }, () =>
      [...moved, ...stayed].every(({ client }) => client.waiting.length === 0) ? true : undefined,
    );
  });
});
