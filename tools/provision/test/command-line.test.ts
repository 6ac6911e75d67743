import { kafkaConnectionOf } from '@trending/kafka';
import { describe, expect, test } from 'vitest';
import { invocationOf, usage } from '../src/command-line.ts';
import { provisionConfig } from '../src/config.ts';
import { commands } from '../src/provision.ts';

describe('the command line', () => {
  test.each(commands)('%s runs alone', (command) => {
    expect(invocationOf([command])).toEqual({ kind: 'run', commands: [command], json: false });
  });

  test('all prepares everything and leaves the check out', () => {
    expect(invocationOf(['all', '--json'])).toEqual({
      kind: 'run',
      commands: ['topics', 'schemas', 'clickhouse'],
      json: true,
    });
  });

  test('help wins over everything', () => {
    expect(invocationOf(['topics', '--help'])).toEqual({ kind: 'help' });
    for (const command of [...commands, 'all']) expect(usage).toContain(`  ${command} `);
  });

  test.each([
    [[], 'No command'],
    [['nope'], 'Unknown command nope'],
    [['topics', 'schemas'], 'One command at a time'],
    [['topics', '--jsn'], '--jsn'],
  ])('%j is refused with the reason', (args, problem) => {
    const invocation = invocationOf(args);
    expect(invocation.kind === 'wrong' && invocation.problem).toContain(problem);
  });
});

describe('the configuration', () => {
  test('has the defaults of the local stack', () => {
    expect(provisionConfig({ env: {} })).toMatchObject({
      KAFKA_BROKERS: '127.0.0.1:9092',
      TOPIC_PREFIX: '',
      VIEW_PARTITIONS: 12,
    });
  });

  test('takes brokers with blanks around them', () => {
    const config = provisionConfig({ env: { KAFKA_BROKERS: 'a:1, b:2 ,' } });
    expect(kafkaConnectionOf(config).brokers).toEqual(['a:1', 'b:2']);
  });

  test.each([
    ['VIEW_PARTITIONS', '0'],
    ['VIEW_PARTITIONS', 'twelve'],
    ['TOPIC_PREFIX', 'no spaces'],
    ['KAFKA_BROKERS', ''],
  ])('%s=%s is refused by name', (name, value) => {
    expect(() => provisionConfig({ env: { [name]: value } })).toThrow(name);
  });
});
