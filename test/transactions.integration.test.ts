import { randomUUID } from 'node:crypto';
import { createRegistry, partitionOf } from '@trending/kafka';
import { createLogger } from '@trending/runtime';
import { defaultViewPartitions, type TokenView, topics } from '@trending/schemas';
import { describe, expect, inject, test } from 'vitest';
import { bareKafka } from '../packages/kafka/test/support/broker.ts';
import { runOn } from './support/command.ts';
import { boardShows, freshToken, publishSurely, viewsOf } from './support/pipeline.ts';

const stack = inject('stack');
const logger = createLogger({ service: 'test', level: 'silent' });

type Token = ReturnType<typeof freshToken>;
type Outcome = 'commit' | 'abort';

/** Transactions of a foreign publisher, one after the other, each with so many views of the token. */
async function transact(token: Token, steps: readonly (readonly [Outcome, number])[]) {
  const registry = createRegistry({ url: stack.registryUrl, logger });
  const serde = await registry.serde<TokenView>(topics.views);
  const producer = bareKafka().producer({
    transactionalId: randomUUID(),
    idempotent: true,
    maxInFlightRequests: 1,
  });
  await producer.connect();
  for (const [outcome, count] of steps) {
    const transaction = await producer.transaction();
    const messages = Array.from({ length: count }, () => ({
      ...{ key: token.token, partition: partitionOf(token.token, defaultViewPartitions) },
      value: Buffer.from(serde.encode(viewOf(token))),
    }));
    await transaction.send({ topic: topics.views.name, messages });
    await transaction[outcome]();
  }
  await producer.disconnect();
}

function viewOf({ chain, token }: Token): TokenView {
  const now = Date.now();
  const id = () => Buffer.from(randomUUID().replaceAll('-', ''), 'hex');
  return {
    ...{ eventId: id(), chain, token, viewer: id().subarray(0, 8), network: id().subarray(0, 8) },
    ...{ viewedAt: now, receivedAt: now, weightMicro: 1_000_000, flags: 0, source: 'test' },
    ...{ partnerId: null, country: null, device: null, dwellMs: null },
  };
}

describe('a publisher with transactions', () => {
  test('stops nobody: its views and those of others are counted, each once', async () => {
    const token = freshToken();
    await transact(token, [['commit', 3]]);
    await boardShows(stack, token.token, 3);
    await publishSurely(stack, viewsOf(token, 2));
    await boardShows(stack, token.token, 5);
    // Views of a transaction that is given up were never acknowledged; they are in the log, so they count.
    await transact(token, [
      ['commit', 1],
      ['abort', 2],
    ]);
    await boardShows(stack, token.token, 8);
  });

  test('every offset is accounted for, the markers at the end of the log too', async () => {
    const text = await runOn(stack, 'tools/checks/src/conservation/main.ts', '--json');
    const { verdict, balances } = JSON.parse(text) as {
      verdict: string;
      balances: { lag: number; broken: string[]; fates: { fates: { markers: number } } }[];
    };
    expect(balances.flatMap(({ broken }) => broken)).toEqual([]);
    expect(verdict).toBe('balanced');
    expect(
      balances.reduce((sum, { fates }) => sum + fates.fates.markers, 0),
    ).toBeGreaterThanOrEqual(3);
  });

  test('checkpoints are what a rebuild from the views gives', async () => {
    expect(await runOn(stack, 'apps/stream-processor/src/verify/main.ts')).toContain('the same');
  });
});
