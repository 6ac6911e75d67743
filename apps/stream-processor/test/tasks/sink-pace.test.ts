import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ConsumedRecord } from '@trending/kafka';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SinkBuffer } from '../../src/tasks/sink-buffer.ts';
import { defaultSinkLimits } from '../../src/tasks/sink-ports.ts';
import { SinkTask } from '../../src/tasks/sink-task.ts';

const target = { topic: 'views', partition: 0 };
const limits = { ...defaultSinkLimits, rangeRecordsMax: 10, lingerMs: 1_000, restMs: 3_000 };

let nextOffset: number;
let waits: { readonly ms: number; readonly isOver: boolean; end(): void }[];
let inserted: number[];
let task: SinkTask;

beforeEach(() => {
  nextOffset = 0;
  waits = [];
  inserted = [];
  task = new SinkTask({
    ...{ target, limits },
    buffer: new SinkBuffer(limits, 0),
    delay: (ms, signal) => waitFor(ms, signal),
    encode: async (records) => ({ table: 'views', rows: records.length, body: [] }),
    insert: async ({ rows }) => void inserted.push(rows),
    repair: async () => undefined,
    commit: async () => undefined,
    setPaused: () => undefined,
    done: () => undefined,
    failed: ({ error }) => {
      throw error;
    },
    crashed: (error) => {
      throw error;
    },
  });
  task.start();
});

afterEach(() => task.stop());

/** A wait that ends when the test says so, or its signal. */
function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  const over = Promise.withResolvers<void>();
  let isOver = false;
  const end = () => {
    isOver = true;
    over.resolve();
  };
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  waits.push({
    ms,
    end,
    get isOver() {
      return isOver;
    },
  });
  return over.promise;
}

async function come(count: number): Promise<void> {
  task.accept(Array.from({ length: count }, () => recordAt(nextOffset++)));
  for (let turn = 0; turn < 20; turn += 1) await nextTurn();
}

function recordAt(offset: number): ConsumedRecord {
  return { ...target, offset, timestamp: 1, key: null, value: new Uint8Array(8), headers: {} };
}

async function end(ms: number): Promise<void> {
  const wait = waits.find((one) => one.ms === ms && !one.isOver);
  if (wait === undefined) throw new Error(`nobody waits ${ms} ms`);
  wait.end();
  for (let turn = 0; turn < 20; turn += 1) await nextTurn();
}

test('the first records after a pause are inserted after a second, those that follow together after the rest', async () => {
  await come(1);
  await end(1_000);
  expect(inserted).toEqual([1]);
  await come(2);
  await come(3);
  expect(inserted).toEqual([1]);
  await end(3_000);
  await end(1_000);
  expect(inserted).toEqual([1, 5]);
});

test('a rest that passes without records delays nobody', async () => {
  await come(1);
  await end(1_000);
  await end(3_000);
  await come(1);
  await end(1_000);
  expect(inserted).toEqual([1, 1]);
});

test('a full range waits neither for the rest nor for more', async () => {
  await come(1);
  await end(1_000);
  await come(12);
  expect(inserted).toEqual([1, 10]);
});

test('stopping ends the rest', async () => {
  await come(1);
  await end(1_000);
  await come(1);
  await task.stop();
  expect(waits.filter(({ ms }) => ms === 3_000).map(({ isOver }) => isOver)).toEqual([true]);
  expect(inserted).toEqual([1]);
});
