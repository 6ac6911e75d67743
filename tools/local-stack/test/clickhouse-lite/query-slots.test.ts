import { expect, test } from 'vitest';
import { createQuerySlots } from '../../src/clickhouse-lite/query-slots.ts';

test('as many run as allowed, the next ones wait in order, the rest is refused', async () => {
  const slots = createQuerySlots({ runningMax: 1, waitingMax: 2 });
  const order: string[] = [];
  const release = await slots.acquire();
  const second = slots.acquire().then((free) => {
    order.push('second');
    return free;
  });
  const third = slots.acquire().then((free) => {
    order.push('third');
    return free;
  });
  await expect(slots.acquire()).rejects.toThrow(/Code: 202.*1 running, 2 waiting/);
  release();
  release();
  (await second)();
  (await third)();
  expect(order).toEqual(['second', 'third']);
});

test('a slot given back twice is one slot', async () => {
  const slots = createQuerySlots({ runningMax: 1, waitingMax: 0 });
  const release = await slots.acquire();
  release();
  release();
  await slots.acquire();
  await expect(slots.acquire()).rejects.toThrow(/Code: 202/);
});
