import { topicSpecs } from '@trending/kafka';
import { createInMemoryLog, type InMemoryLog, inMemorySerde } from '@trending/kafka/testing';
import type { Clock } from '@trending/runtime';
import { AppError, createLogger, startAll, stopAll, systemClock } from '@trending/runtime';
import { type Board, boardFenceKey, boardKey, type TokenMetadata, topics } from '@trending/schemas';
import type { Pressure } from '../../src/adapters/pressure.ts';
import { createGateway, type Gateway } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';
import type { History } from '../../src/history.ts';

export const boardSerde = inMemorySerde<Board>(topics.rankings);
export const metadataSerde = inMemorySerde<TokenMetadata>(topics.metadata);

export interface TestGatewayWishes {
  readonly clock?: Clock;
  readonly log?: InMemoryLog;
  readonly history?: History;
  readonly pressure?: Pressure;
  readonly env?: Record<string, string>;
  readonly pageRoot?: string;
  /** So many attempts to get the schemas fail. */
  readonly schemasAppearAfter?: number;
  /** False leaves the parts unstarted. */
  readonly isStarted?: boolean;
}

export interface TestGateway extends Gateway {
  readonly log: InMemoryLog;
  /** http://127.0.0.1:port */
  readonly url: string;
  publish(board: Board): Promise<void>;
  fence(): Promise<number>;
  describe(metadata: TokenMetadata): Promise<void>;
  stop(): Promise<void>;
}

const noHistory: History = {
  points: () => Promise.resolve([]),
  boardAt: () => Promise.resolve(undefined),
};

function serdesAfter(failures: number) {
  let left = failures;
  return async () => {
    left -= 1;
    if (left >= 0) throw new AppError({ code: 'SCHEMA_MISSING', message: 'not registered yet' });
    return { boards: boardSerde, metadata: metadataSerde };
  };
}

export function emptyLog(): InMemoryLog {
  return createInMemoryLog({ topics: topicSpecs({ prefix: '', viewPartitions: 1 }) });
}

export async function publishBoard(log: InMemoryLog, board: Board): Promise<void> {
  const key = boardKey(board.formula.id, board.window, board.scope);
  await log.append({ topic: topics.rankings.name, partition: 0 }, [
    { key, value: boardSerde.encode(board) },
  ]);
  await log.settled();
}

/** The real gateway on a loopback port, over topics in memory. */
export async function startGateway(wishes: TestGatewayWishes = {}): Promise<TestGateway> {
  const log = wishes.log ?? emptyLog();
  const gateway = await createGateway({
    config: loadConfig({ PORT: '0', EVENT_LOOP_DELAY_MAX_MS: '0', ...wishes.env }),
    log,
    serdes: serdesAfter(wishes.schemasAppearAfter ?? 0),
    history: wishes.history ?? noHistory,
    clock: wishes.clock ?? systemClock,
    logger: createLogger({ service: 'test', level: 'silent' }),
    pageRoot: wishes.pageRoot ?? '/nonexistent/page',
    crashed: (error) => {
      throw error;
    },
    ...(wishes.pressure && { pressure: wishes.pressure }),
    sweepMs: 10,
  });
  if (wishes.isStarted !== false) {
    await startAll(gateway.parts);
    await log.settled();
  }
  const url = await gateway.app.listen({ host: '127.0.0.1', port: 0 });
  const rankings = { topic: topics.rankings.name, partition: 0 };
  return {
    ...gateway,
    log,
    url,
    publish: (board) => publishBoard(log, board),
    async fence() {
      const offset = await log.append(rankings, [{ key: boardFenceKey, value: null }]);
      await log.settled();
      return offset;
    },
    async describe(metadata) {
      const key = `${metadata.chain}:${metadata.address}`;
      await log.append({ topic: topics.metadata.name, partition: 0 }, [
        { key, value: metadataSerde.encode(metadata) },
      ]);
      await log.settled();
    },
    // The order of main.ts, where the port is the last part.
    async stop() {
      await gateway.app.close();
      await stopAll(gateway.parts);
    },
  };
}
