import kafkajs, { type Admin } from 'kafkajs';
import { afterEach, expect, test, vi } from 'vitest';
import { TopicsAdmin } from '../src/topics-admin.ts';
import { quietLogger as logger } from './support/quiet-logger.ts';

const { ConfigSource } = kafkajs;
const spec = { name: 't', partitions: 1, config: { 'retention.ms': '5' } };

type Entry = readonly [name: string, value: string | null, source: number];

/** A broker with one topic that has these settings; what is asked of it to change is kept. */
function adminOn(entries: readonly Entry[]): { admin: TopicsAdmin; altered: unknown[] } {
  const altered: unknown[] = [];
  const configEntries = entries.map(([configName, configValue, configSource]) => ({
    configName,
    configValue,
    configSource,
  }));
  const broker = {
    connect: async () => undefined,
    disconnect: async () => undefined,
    listTopics: async () => [spec.name],
    fetchTopicMetadata: async () => ({ topics: [{ name: spec.name, partitions: [{}] }] }),
    describeConfigs: async () => ({ resources: [{ resourceName: spec.name, configEntries }] }),
    alterConfigs: async ({ resources }: { resources: { configEntries: unknown }[] }) =>
      altered.push(resources[0]?.configEntries),
  };
  vi.spyOn(kafkajs.Kafka.prototype, 'admin').mockReturnValue(broker as unknown as Admin);
  return { admin: new TopicsAdmin({ brokers: ['b:1'], clientId: 'test', logger }), altered };
}

afterEach(() => vi.restoreAllMocks());

test('settling a topic keeps what operators have set for it besides, and none of the defaults', async () => {
  const { admin, altered } = adminOn([
    ['retention.ms', '4', ConfigSource.TOPIC_CONFIG],
    ['min.insync.replicas', '2', ConfigSource.TOPIC_CONFIG],
    ['kept.secret', null, ConfigSource.TOPIC_CONFIG],
    ['segment.bytes', '1073741824', ConfigSource.DEFAULT_CONFIG],
    ['segment.ms', '1', ConfigSource.STATIC_BROKER_CONFIG],
  ]);
  await admin.ensure([spec]);
  expect(altered).toEqual([
    [
      { name: 'retention.ms', value: '5' },
      { name: 'min.insync.replicas', value: '2' },
    ],
  ]);
});

test('a topic that is as it should be is left alone', async () => {
  const { admin, altered } = adminOn([['retention.ms', '5', ConfigSource.DEFAULT_CONFIG]]);
  await admin.ensure([spec]);
  expect(altered).toEqual([]);
});
