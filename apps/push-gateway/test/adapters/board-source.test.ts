import { ManualClock, until } from '@trending/runtime/testing';
import { boardFenceKey, topics } from '@trending/schemas';
import { afterEach, describe, expect, it } from 'vitest';
import { boardOf, tokens } from '../support/boards.ts';
import { transports } from '../support/push-clients.ts';
import {
  boardSerde,
  emptyLog,
  publishBoard,
  startGateway,
  type TestGateway,
  type TestGatewayWishes,
} from '../support/test-gateway.ts';

const rankings = { topic: topics.rankings.name, partition: 0 };
const board = { formula: 'trending', window: '1h', scope: 'all' };

describe('the board source', () => {
  let gateway: TestGateway;
  afterEach(() => gateway.stop());
  const start = async (wishes: TestGatewayWishes) => {
    gateway = await startGateway(wishes);
  };
  const trending = async () => (await gateway.app.inject('/api/v1/tokens/trending')).json();

  it('is not ready, answers 503 and keeps subscribers waiting until it has caught up', async () => {
    const log = emptyLog();
    await publishBoard(log, boardOf(tokens(3), { seq: 5 }));
    await start({ log, isStarted: false });
    const ready = await gateway.app.inject('/readyz');
    expect([ready.statusCode, ready.body]).toEqual([503, '[-]boards: connecting: not started\n']);
    const refused = await gateway.app.inject('/api/v1/tokens/trending');
    expect(refused.json()).toMatchObject({ status: 503, type: '/docs/errors.md#catching-up' });
    expect((await gateway.app.inject('/livez')).statusCode).toBe(200);
    const client = await transports[0]!.connect(gateway.url);
    client.subscribe({ board });
    await gateway.source.start();
    expect(await client.next()).toMatchObject({ type: 'snapshot', seq: 5 });
    expect((await gateway.app.inject('/readyz')).statusCode).toBe(200);
    client.close();
  });

  it.each(transports)(
    'over $name does not call a formula unknown before it has caught up',
    async (transport) => {
      const log = emptyLog();
      await publishBoard(log, boardOf(tokens(3), { seq: 5, formula: 'interleave:a+b' }));
      await start({ log, isStarted: false });
      const [right, wrong] = [
        await transport.connect(gateway.url),
        await transport.connect(gateway.url),
      ];
      right.subscribe({ board: { ...board, formula: 'interleave:a+b' } });
      wrong.subscribe({ board: { ...board, formula: 'magic' } });
      await until({ timeoutMs: 2_000, what: 'both to be heard' }, () =>
        gateway.hub.boardCount === 2 ? true : undefined,
      );
      await gateway.source.start();
      expect(await right.next()).toMatchObject({ type: 'snapshot', seq: 5 });
      expect(await wrong.next()).toMatchObject({
        type: 'error',
        code: 'unknown-board',
        message: expect.stringContaining('Formulas: classic, interleave:a+b'),
      });
      await publishBoard(log, boardOf(tokens(4), { seq: 6, formula: 'magic' }));
      await publishBoard(log, boardOf(tokens(4), { seq: 6, formula: 'interleave:a+b' }));
      expect(await right.next()).toMatchObject({ type: 'delta', seq: 6 });
      expect(wrong.waiting).toEqual([]);
      right.close();
      wrong.close();
    },
  );

  it('gives a late joiner the compacted state, whatever the log forgot', async () => {
    const log = emptyLog();
    for (let seq = 1; seq <= 9; seq += 1) await publishBoard(log, boardOf(tokens(seq), { seq }));
    log.compact(rankings.topic);
    await start({ log });
    expect(await trending()).toMatchObject({ board: { seq: 9 }, items: { length: 9 } });
  });

  it('serves formulas of any id, and never the operators’ boards', async () => {
    const log = emptyLog();
    await publishBoard(log, boardOf(tokens(2), { formula: 'interleave:a+b' }));
    await publishBoard(log, boardOf(tokens(3), { formula: 'trending-b' }));
    await publishBoard(log, boardOf(['eth:held'], { scope: 'suspected' }));
    await start({ log });
    const ask = async (query: string) => gateway.app.inject(`/api/v1/tokens/trending?${query}`);
    expect((await ask('formula=interleave:a+b')).json()).toMatchObject({ items: { length: 2 } });
    expect((await ask('formula=interleave:a%2Bb')).json()).toMatchObject({ items: { length: 2 } });
    expect((await ask('formula=trending-b')).json()).toMatchObject({ items: { length: 3 } });
    expect((await ask('scope=suspected')).statusCode).toBe(400);
    const boards = (await gateway.app.inject('/api/v1/boards')).json();
    expect(boards.scopes).toEqual(['all']);
    expect(boards.formulas.map(({ id }: { id: string }) => id)).toEqual([
      'interleave:a+b',
      'trending-b',
    ]);
    expect((await gateway.app.inject('/api/v1/tokens/eth:held')).statusCode).toBe(404);
  });

  it('is not misled by a late record of a ranker that lost its epoch', async () => {
    const log = emptyLog();
    await publishBoard(log, boardOf(tokens(1), { epoch: 0, seq: 7 }));
    const epoch = await log.append(rankings, [{ key: boardFenceKey, value: null }]);
    await publishBoard(log, boardOf(tokens(2), { epoch, seq: 1 }));
    await publishBoard(log, boardOf(['eth:zombie'], { epoch: 0, seq: 8 }));
    await start({ log });
    expect(await trending()).toMatchObject({ board: { epoch, seq: 1 }, items: { length: 2 } });
    expect((await gateway.app.inject('/metrics')).body).toMatch(
      /trending_boards_dropped_total\{reason="older-epoch"[^}]*\} 1/,
    );
  });

  it('skips what it cannot decode, counts it, and goes on', async () => {
    const log = emptyLog();
    await log.append(rankings, [{ key: 'trending|1h|all', value: Buffer.from('nonsense') }]);
    await start({ log });
    await log.append(rankings, [
      { key: 'trending|1h|all', value: Buffer.from([0, 0, 0, 0, 1, 9, 9]) },
      { key: 'trending|1h|all', value: boardSerde.encode(boardOf(tokens(2), { seq: 3 })) },
    ]);
    await log.settled();
    expect(await trending()).toMatchObject({ board: { seq: 3 } });
    expect((await gateway.app.inject('/metrics')).body).toMatch(
      /trending_undecodable_records_total\{topic="token.rankings.v1"[^}]*\} 2/,
    );
  });

  it('takes a board out of service at its tombstone, and back in', async () => {
    await start({ clock: new ManualClock(5) });
    await gateway.publish(boardOf(tokens(2), { seq: 3 }));
    const client = await transports[0]!.connect(gateway.url);
    client.subscribe({ board });
    await client.next();
    await gateway.log.append(rankings, [{ key: 'trending|1h|all', value: null }]);
    await gateway.log.settled();
    expect(await client.next()).toMatchObject({ type: 'error', code: 'board-removed', board });
    expect(await client.next()).toMatchObject({ type: 'snapshot', seq: 0, items: [] });
    await gateway.publish(boardOf(tokens(2), { seq: 4 }));
    expect(await client.next()).toMatchObject({ seq: 4 });
    client.close();
  });

  it('keeps trying while the registry has no schema yet', async () => {
    await start({ schemasAppearAfter: 1 });
    await until({ timeoutMs: 3_000, what: 'readiness' }, async () =>
      (await gateway.app.inject('/readyz')).statusCode === 200 ? true : undefined,
    );
    await gateway.publish(boardOf(tokens(2), { seq: 1 }));
    expect(await trending()).toMatchObject({ items: { length: 2 } });
  });

  it('is not ready while the log answers no fetch, says why, and serves the boards it holds', async () => {
    const log = emptyLog();
    let silence: string | undefined;
    const follow = log.follow.bind(log);
    log.follow = async (...call) =>
      Object.assign(await follow(...call), { problem: () => silence });
    await start({ log });
    await gateway.publish(boardOf(tokens(2), { seq: 3 }));
    expect((await gateway.app.inject('/readyz')).statusCode).toBe(200);
    silence = 'reading token.rankings.v1/0 has had no answer for 10 s';
    const ready = await gateway.app.inject('/readyz');
    expect([ready.statusCode, ready.body]).toEqual([503, `[-]boards: ${silence}\n`]);
    expect(await trending()).toMatchObject({ board: { seq: 3 }, items: { length: 2 } });
    silence = undefined;
    expect((await gateway.app.inject('/readyz')).statusCode).toBe(200);
  });
});
