import { AppError, Counter, createLogger, Registry } from '@trending/runtime';
import { type Board, topics } from '@trending/schemas';
import { expect, test } from 'vitest';
import { RecordDecoder } from '../../src/adapters/record-decoder.ts';
import { boardOf, tokens } from '../support/boards.ts';
import { boardSerde } from '../support/test-gateway.ts';

test('a board of a schema not met before waits for the registry, however long it is away', async () => {
  let asked = 0;
  const registers = [new Registry()];
  const decoder = new RecordDecoder({
    logger: createLogger({ service: 'test', level: 'silent' }),
    undecodable: new Counter({ name: 'u', help: 'u', labelNames: ['topic'], registers }),
    signal: new AbortController().signal,
    pause: async () => undefined,
  });
  const isBack = () => asked > 500;
  const serde = {
    topic: topics.rankings,
    encode: (board: Board) => boardSerde.encode(board),
    decode: (bytes: Uint8Array) => (isBack() ? boardSerde.decode(bytes) : undefined),
    resolve: async () => {
      asked += 1;
      if (isBack()) return;
      throw new AppError({ code: 'REGISTRY_UNAVAILABLE', message: 'silent', retriable: true });
    },
  };
  const record = {
    ...{ topic: topics.rankings.name, partition: 0, offset: 0, timestamp: 0, headers: {} },
    ...{ key: null, value: boardSerde.encode(boardOf(tokens(2), { seq: 3 })) },
  };
  expect(await decoder.decode<Board>(serde, record)).toMatchObject({ seq: 3 });
});
