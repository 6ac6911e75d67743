import { createHash, createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Decoded, type Serde, topicName } from '@trending/kafka';
import { createInMemoryLog, type InMemoryLog, inMemorySerde } from '@trending/kafka/testing';
import { createLogger, type Logger, type Part } from '@trending/runtime';
import { ManualClock } from '@trending/runtime/testing';
import { type TokenMetadata, type TokenView, type Topic, topics } from '@trending/schemas';
import { signatureScheme, signedText } from '@trending/schemas/http/signing';
import type { FastifyInstance } from 'fastify';
import { signingKeyOf } from '../../src/adapters/key-secrets.ts';
import type { SerdeSource } from '../../src/adapters/topic-writer.ts';
import { createProducerApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config.ts';

export const partitions = 12;
/** 2025-03-04T12:00:00Z */
export const noon = 1_741_089_600_000;
export const pepe = '0x6982508145454ce325ddbe47a25d4ec3d2311933';
export const browser =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/133.0 Safari/537.36';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** `Bearer` headers of the keys that the test service knows. */
export const keys = {
  publisher: { authorization: 'Bearer publisher-key' },
  backfiller: { authorization: 'Bearer backfill-key' },
  admin: { authorization: 'Bearer admin-key' },
} as const;

const apiKeys = [
  `shop:publish:${sha256('publisher-key')}`,
  `loader:publish+backfill:${sha256('backfill-key')}`,
  `ops:admin:${sha256('admin-key')}`,
].join(',');

export interface TestProducer {
  readonly app: FastifyInstance;
  /** Not started: nothing listens. */
  readonly probe: Part;
  readonly log: InMemoryLog;
  readonly clock: ManualClock;
  views(): TokenView[];
  backfilled(): TokenView[];
  metadata(): (TokenMetadata | null)[];
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

export interface TestProducerOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly serdes?: SerdeSource;
  readonly logger?: Logger;
}

/** Entry of a keys file; `secret` is what its holder has. */
export function keyEntry(name: string, secret: string, rest: object = {}): object {
  const entry = {
    id: '00000001',
    createdAt: new Date(noon).toISOString(),
    bearerSha256: sha256(secret),
    signingKey: signingKeyOf(secret).toString('hex'),
  };
  return { name, scopes: ['publish'], secrets: [entry], ...rest };
}

/** A keys file in a folder of its own. */
export function keysFile(keys: readonly object[]): string {
  const path = join(mkdtempSync(join(tmpdir(), 'trending-keys-')), 'keys.json');
  writeFileSync(path, JSON.stringify({ version: 1, keys }));
  return path;
}

export interface Signing {
  readonly key: string;
  readonly secret: string;
  readonly method?: string;
  readonly target: string;
  readonly idempotencyKey?: string;
  readonly body?: string;
  /** ms; {@link noon} when absent. */
  readonly at?: number;
  readonly nonce?: string;
}

/** The `Authorization` header of a signed request, made as docs/publishing.md says. */
export function signed({ key, secret, method = 'POST', target, ...rest }: Signing): string {
  const time = String(Math.floor((rest.at ?? noon) / 1000));
  const nonce = rest.nonce ?? randomUUID();
  const contentSha256 = sha256(rest.body ?? '');
  const { idempotencyKey = '' } = rest;
  const parts = { key, time, nonce, method, target, idempotencyKey, contentSha256 };
  const text = signedText(parts);
  const signature = createHmac('sha256', signingKeyOf(secret)).update(text).digest('hex');
  return `${signatureScheme} key=${key},time=${time},nonce=${nonce},content-sha256=${contentSha256},signature=${signature}`;
}

const memorySerdes: SerdeSource = { serde: async <T>(topic: Topic) => inMemorySerde<T>(topic) };

/** A busy machine must not shed a test's requests. */
const calm = { EVENT_LOOP_DELAY_MAX_MS: '0' };

/** The service on the in-memory log with a clock that stands at {@link noon}. */
export async function createTestProducer(options: TestProducerOptions = {}): Promise<TestProducer> {
  const clock = new ManualClock(noon);
  const log = createInMemoryLog({
    clock,
    topics: [topics.views, topics.backfill, topics.metadata].map((topic: Topic) => ({
      name: topic.name,
      partitions: topic.partitions === 'views' ? partitions : topic.partitions,
      config: {},
    })),
  });
  const config = loadConfig({
    API_KEYS: apiKeys,
    HASH_SECRET: 'test secret',
    ...calm,
    ...options.env,
  });
  const logger = options.logger ?? createLogger({ service: 'test', level: 'silent' });
  const serdes = options.serdes ?? memorySerdes;
  const { app, parts, probe } = await createProducerApp({ config, log, serdes, logger, clock });
  for (const part of parts) await part.start();
  await app.ready();
  await new Promise((resolve) => setImmediate(resolve));
  const read = <T>(topic: Topic) => decodeAll<T>(log, inMemorySerde<T>(topic));
  return {
    app,
    probe,
    log,
    clock,
    views: () => read<TokenView>(topics.views) as TokenView[],
    backfilled: () => read<TokenView>(topics.backfill) as TokenView[],
    metadata: () => read<TokenMetadata>(topics.metadata),
    metrics: async () => (await app.inject('/metrics')).body,
    async stop() {
      await app.close();
      for (const part of parts.toReversed()) await part.stop();
    },
  };
}

function decodeAll<T>(log: InMemoryLog, serde: Serde<T>): (T | null)[] {
  return log.records(topicName(serde.topic, '')).map(({ value }) => {
    if (value === null) return null;
    const decoded = serde.decode(value) as Decoded<T>;
    if (!decoded.ok) throw new Error(decoded.detail);
    return decoded.value;
  });
}
