import { topics } from '@trending/schemas';
import { describe, expect, test } from 'vitest';
import { topicName, topicSpec, topicSpecs } from '../src/index.ts';

const settings = { prefix: 'test.', viewPartitions: 6 };

describe('topic specs', () => {
  test('every topic of the catalogue, prefixed, once', () => {
    const names = topicSpecs(settings).map(({ name }) => name);
    expect(names).toEqual(Object.values(topics).map((topic) => topicName(topic, 'test.')));
    expect(new Set(names).size).toBe(names.length);
  });

  test('topics that follow the views have its partition count', () => {
    expect(topicSpec(topics.views, settings).partitions).toBe(6);
    expect(topicSpec(topics.viewDeltas, settings).partitions).toBe(6);
    expect(topicSpec(topics.candidates, settings).partitions).toBe(1);
  });

  test('the broker enforces gzip and a size limit, larger for candidates', () => {
    for (const topic of [topics.views, topics.backfill, topics.metadata, topics.control])
      expect(topicSpec(topic, settings).config['compression.type']).toBe('gzip');
    expect(topicSpec(topics.views, settings).config['max.message.bytes']).toBe('1048576');
    expect(topicSpec(topics.candidates, settings).config['max.message.bytes']).toBe('8388608');
  });

  test('retention is set where records are deleted by age, and can be lifted for copies', () => {
    expect(topicSpec(topics.views, settings).config['retention.ms']).toBe(String(8 * 86_400_000));
    expect(topicSpec(topics.rankings, settings).config['retention.ms']).toBeUndefined();
    const copy = topicSpec(topics.views, { ...settings, keepForEver: true });
    expect(copy.config['retention.ms']).toBe('-1');
  });
});
