import { AppError } from '@trending/runtime';
import { createLatch } from '@trending/runtime/testing';
import { topics } from '@trending/schemas';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SinkWorld, viewOf } from '../support/sink-world.ts';

const views = (partition: number) => ({ topic: topics.views.name, partition });

describe('the sink before a ClickHouse that does not answer', () => {
  let world: SinkWorld;
  beforeEach(() => {
    world = new SinkWorld();
  });
  afterEach(() => world.stop());

  test('an insert that ClickHouse does not answer is told after ten seconds, before it is given up', async () => {
    const [asked, answer] = [createLatch(), createLatch()];
    world.clickhouse.fate = async () => {
      asked.open();
      await answer.opened;
      return 'lands' as const;
    };
    await world.view(0);
    const { role } = await world.start();
    const problems = () =>
      role.ready.map(({ check }) => check()).filter((one) => one !== undefined);
    await asked.opened;
    expect(problems()).toEqual([]);
    world.clock.advance(10_000);
    expect(problems()).toEqual(['insert into token_views has had no answer for 10 s']);
    answer.open();
    await world.until('readiness', () => problems().length === 0);
  });

  test('a start that waits for ClickHouse does not end the sink, and says so until it is answered', async () => {
    world.clickhouse.fate = () => 'away';
    await world.append(views(0), [viewOf(), viewOf()]);
    const first = await world.start();
    await world.until('an attempt', () =>
      /insert failed/.test(String(first.role.ready[0]?.check())),
    );
    first.kill('dead');
    await world.append(views(0), [viewOf()]);
    world.log.truncateBefore(views(0), 2);
    let questions = 0;
    world.clickhouse.asked = () => {
      questions += 1;
      if (questions < 40)
        throw new AppError({ code: 'CLICKHOUSE_UNAVAILABLE', message: 'timeout', retriable: true });
    };
    world.clickhouse.fate = () => 'lands';
    const { role, crashes } = await world.start();
    const told = new Set<unknown>();
    await world.until('the row', () => {
      told.add(role.ready.map(({ check }) => check()).join('; '));
      return world.clickhouse.table('token_views').length === 1;
    });
    expect(told).toContain('waits for its partitions; timeout');
    expect(questions).toBe(40);
    expect(crashes).toEqual([]);
    await world.until('readiness', () => role.ready.every(({ check }) => check() === undefined));
  });
});
