import kafkajs, { type ConfigEntries } from 'kafkajs';

const { ConfigSource } = kafkajs;

/** A topic's settings by name, as the broker tells them. */
export type TopicSettings = ReadonlyMap<string, ConfigEntries>;

/** What was set for this topic itself, by us or by an operator; without the brokers' defaults, and without values that are kept secret. */
export function ownConfigOf(settings: TopicSettings = new Map()): Record<string, string> {
  const own = [...settings.values()].filter(
    ({ configSource, configValue }) =>
      configSource === ConfigSource.TOPIC_CONFIG && configValue !== null,
  );
  return Object.fromEntries(own.map(({ configName, configValue }) => [configName, configValue]));
}
