import { createKafkaLog, createRegistry, topicName } from '@trending/kafka';
import { createLogger, systemClock } from '@trending/runtime';
import { reportFailure, UsageError } from '@trending/runtime/usage';
import { type TokenMetadata, topics } from '@trending/schemas';
import { createRhythmSource } from '../adapters/clickhouse-rhythms.ts';
import { clickHouseOf, processConfig } from '../config.ts';
import { refreshRhythms } from '../tasks/rhythms.ts';

const help = `Reads four weeks of hours from ClickHouse and tells tokens' own weeks on the metadata topic, as the sink role does every six hours.

  npm run rhythms

The environment is that of stream-processor. It does no harm beside a running sink: only what changed is told.
`;

async function run(): Promise<string> {
  const [argument] = process.argv.slice(2);
  if (argument === '--help') return help;
  if (argument !== undefined) throw new UsageError(`${argument} means nothing here: try --help`);
  const config = processConfig();
  const logger = createLogger({ service: 'rhythms', level: 'warn' });
  const log = createKafkaLog({ ...config.kafka, clientId: 'rhythms', logger });
  const source = createRhythmSource(clickHouseOf(config));
  try {
    const registry = createRegistry({ url: config.REGISTRY_URL, logger });
    const metadata = await registry.serde<TokenMetadata>(topics.metadata, config.TOPIC_PREFIX);
    const metadataTopic = topicName(topics.metadata, config.TOPIC_PREFIX);
    const ports = { log, source, metadata, metadataTopic };
    const { signal } = new AbortController();
    const { tokens, told, removed } = await refreshRhythms(ports, systemClock.now(), signal);
    return `${tokens} tokens have a week of their own; ${told} were told, ${removed} taken back.\n`;
  } finally {
    await Promise.all([source.close(), log.close()]);
  }
}

try {
  process.stdout.write(await run());
} catch (error) {
  reportFailure('npm run rhythms', error);
}
