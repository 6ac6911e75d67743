import { describe, expect, test } from 'vitest';
import { dlqCommand } from '../src/options.ts';

const now = Date.UTC(2026, 0, 2);

describe('the command line of dlq', () => {
  test('lists with a filter by age', () => {
    expect(dlqCommand(['list', '--reason', 'avro', '--since', '6h'], now)).toMatchObject({
      name: 'list',
      filter: { reason: 'avro', since: now - 6 * 3_600_000 },
      page: 1,
      size: 20,
    });
  });

  test('replays one letter by its place', () => {
    expect(dlqCommand(['replay', '3/17', '--dry-run'], now)).toMatchObject({
      name: 'replay',
      filter: { partition: 3, offset: 17 },
      dryRun: true,
    });
  });

  test.each([
    [['replay'], 'replay what'],
    [['replay', 'x'], "'x' is no PARTITION/OFFSET"],
    [['show'], 'is no PARTITION/OFFSET'],
    [['list', '3/1'], 'use show 3/1'],
    [['list', '--size', '1001'], '--size 1001'],
    [['list', '--since', 'soon'], '--since soon'],
    [['list', '--state', 'gone'], '--state gone'],
    [['purge'], 'purge: give list, show or replay'],
    [['show', '1/2', '3/4'], 'one PARTITION/OFFSET only'],
  ])('refuses %j', (args, reason) => {
    expect(() => dlqCommand(args, now)).toThrow(reason);
  });
});
