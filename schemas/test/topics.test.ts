import { describe, expect, test } from 'vitest';
import { avroSchemas, schemaOf, subjectOf, type Topic, topics } from '../src/index.ts';

const catalogue: [string, Topic][] = Object.entries(topics);

describe.each(catalogue)('topic %s', (_, topic) => {
  test('is named by data set and version: lower case, dots and hyphens', () => {
    expect(topic.name).toMatch(/^[a-z0-9]+([.-][a-z0-9]+)*$/);
    expect(topic.name.length).toBeLessThan(100);
  });

  test('carries a known record, or raw bytes', () => {
    if (topic.value === null) expect(() => schemaOf(topic)).toThrow(/raw bytes/);
    else expect(JSON.parse(schemaOf(topic))).toEqual(avroSchemas[topic.value]);
  });

  test('has its subject by the name of the topic', () => {
    expect(subjectOf(topic)).toBe(`${topic.name}-value`);
    expect(subjectOf(topic, 'test.')).toBe(`test.${topic.name}-value`);
  });

  test('has a partition count of its own or that of the views', () => {
    if (topic.partitions !== 'views') expect(topic.partitions).toBe(1);
  });

  test('is kept by key or by age, never both', () => {
    if (topic.cleanup === 'compact') expect(topic.retentionMs).toBe(-1);
    else expect(topic.retentionMs === -1 || topic.retentionMs >= 26 * 3_600_000).toBe(true);
  });

  test('sets only broker settings, as text', () => {
    for (const [name, value] of Object.entries(topic.config)) {
      expect(name).toMatch(/^[a-z]+(\.[a-z]+)+$/);
      expect(typeof value).toBe('string');
    }
  });
});

describe('the catalogue', () => {
  test('names no topic twice, and every name ends in a version', () => {
    const names = catalogue.map(([, topic]) => topic.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/\.v\d+$/.test(name))).toEqual([]);
  });

  test('every record has a topic', () => {
    const carried = new Set(catalogue.map(([, topic]) => topic.value));
    expect(Object.keys(avroSchemas).filter((name) => !carried.has(name as never))).toEqual([]);
  });

  test('checkpoints and dead letters have as many partitions as the views', () => {
    for (const topic of [topics.viewDeltas, topics.deadLetters, topics.backfill]) {
      expect(topic.partitions).toBe('views');
    }
  });

  test('topics read by a single owner have one partition', () => {
    expect([topics.candidates.partitions, topics.rankings.partitions]).toEqual([1, 1]);
  });

  test('internal records are stamped by the broker, so no clock of ours moves their retention', () => {
    for (const topic of [topics.viewDeltas, topics.candidates, topics.rankings]) {
      expect(topic.config['message.timestamp.type']).toBe('LogAppendTime');
    }
  });

  test('the broker refuses views from the future', () => {
    expect(topics.views.config['message.timestamp.after.max.ms']).toBe('60000');
  });

  test('dead letters outlive the views they came from', () => {
    expect(topics.deadLetters.retentionMs).toBeGreaterThan(topics.views.retentionMs);
  });
});
