import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { removeFormerMembers } from '../src/former-member.ts';
import { createKafkaLog, type Log } from '../src/index.ts';
import { bareKafka, deleteTopics, freshPrefix, openLog, stackUrls } from './support/broker.ts';
import { quietLogger } from './support/quiet-logger.ts';

const memberProcess = fileURLToPath(new URL('support/member-process.ts', import.meta.url));

describe('a process that follows a killed one', () => {
  const prefix = freshPrefix();
  let log: Log;

  beforeAll(() => {
    log = openLog('former-member');
  });
  afterAll(async () => {
    await log.close();
    await deleteTopics(prefix);
  });

  /** A group whose only member was just killed, so that its session goes on. */
  async function groupOfAKilled(name: string, clientId: string): Promise<string> {
    const topic = `${prefix}${name}`;
    await log.ensureTopics([{ name: topic, partitions: 2, config: {} }]);
    const child: ChildProcess = spawn(
      process.execPath,
      [memberProcess, stackUrls().kafka, clientId, topic],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    if (child.stdout === null) throw new Error('no output');
    await once(child.stdout, 'data');
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    return topic;
  }

  async function membersOf(groupId: string): Promise<string[]> {
    const admin = bareKafka().admin();
    await admin.connect();
    const { groups } = await admin.describeGroups([groupId]);
    await admin.disconnect();
    return groups.flatMap(({ members }) => members.map(({ clientId }) => clientId));
  }

  async function join(groupId: string, clientId: string): Promise<void> {
    const brokers = stackUrls().kafka.split(',');
    const own = createKafkaLog({ brokers, logger: quietLogger, clientId, isSoleInstance: true });
    onTestFinished(() => own.close());
    await own.runGroup({
      groupId,
      topics: [groupId],
      crashed: () => undefined,
      assigned: async () => new Map(),
      batch: async () => undefined,
    });
  }

  test('takes its former self out of the group and has its partitions at once', async () => {
    const group = await groupOfAKilled('same', 'one');
    expect(await membersOf(group)).toEqual(['one']);
    await join(group, 'one');
    expect(await membersOf(group)).toEqual(['one']);
  });

  test('leaves members of another name where they are', async () => {
    const group = await groupOfAKilled('other', 'other');
    const kafka = bareKafka();
    expect(await removeFormerMembers(kafka, { groupId: group, clientId: 'one' })).toBe(0);
    expect(await membersOf(group)).toEqual(['other']);
  });
});
