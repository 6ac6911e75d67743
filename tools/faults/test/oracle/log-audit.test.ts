import { createInMemoryLog, inMemorySerde } from '@trending/kafka/testing';
import { type TokenView, topics, windows } from '@trending/schemas';
import { expect, test } from 'vitest';
import { EventLedger } from '../../src/oracle/event-ledger.ts';
import { LogAudit } from '../../src/oracle/log-audit.ts';

const day = windows[3]!;
const topic = topics.views.name;

test('an event is counted once however often it is in the log, and a changed one is foreign', async () => {
  const ledger = new EventLedger({ prefix: 'a'.repeat(20), tokens: 1 });
  ledger.add(Array.from({ length: 3 }, () => ({ token: 0, viewedAt: 5 })));
  ledger.acknowledge([0, 1, 2]);
  const log = createInMemoryLog();
  await log.ensureTopics([{ name: topic, partitions: 1, config: {} }]);
  const serde = inMemorySerde<TokenView>(topics.views);
  const record = (number: number, viewedAt = 5) => ({
    key: Buffer.from('eth:0x1'),
    value: serde.encode({
      ...{ eventId: Buffer.from(ledger.eventId(number).replaceAll('-', ''), 'hex') },
      ...{ chain: 'eth', token: 'eth:0x1', viewer: Buffer.alloc(8), network: Buffer.alloc(8) },
      ...{ viewedAt, receivedAt: 5, source: 'web', partnerId: null, country: null },
      ...{ device: null, dwellMs: null, weightMicro: 1, flags: 0 },
    }),
  });
  const audit = new LogAudit(ledger, ['eth:0x1']);
  await log.append({ topic, partition: 0 }, [record(0), record(1)]);
  await audit.advance(log, serde);
  await log.append({ topic, partition: 0 }, [record(1), record(1, 6)]);
  await audit.advance(log, serde);
  expect([audit.records, audit.foreign]).toEqual([4, 1]);
  expect([audit.distinct.inWindow(0, day, 5), audit.all.inWindow(0, day, 5)]).toEqual([2, 3]);
  expect(ledger.missing()).toEqual([2]);
});
