// Bare kafkajs + avsc + a Map of rings: the least a TypeScript consumer that counts could do. No uniques, no dedup, no panes to expire.
import { readFileSync } from 'node:fs';
import avro from 'avsc';
import { Kafka, logLevel } from 'kafkajs';

const [broker = '', topic = '', expected = '0'] = process.argv.slice(2);
const schema = JSON.parse(
  readFileSync(new URL('../../../schemas/token-view.avsc', import.meta.url), 'utf8'),
) as avro.Schema;
const type = avro.Type.forSchema(schema);
const counts = new Map<string, Uint32Array>();
const kafka = new Kafka({ clientId: 'bare', brokers: [broker], logLevel: logLevel.NOTHING });
const consumer = kafka.consumer({ groupId: `bare-${process.pid}`, maxWaitTimeInMs: 100 });
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
let seen = 0;
let start = 0;

await consumer.run({
  autoCommit: false,
  partitionsConsumedConcurrently: 3,
  async eachBatch({ batch, resolveOffset, heartbeat }) {
    if (start === 0) start = performance.now();
    for (const message of batch.messages) {
      if (message.value === null) continue;
      const view = type.fromBuffer(message.value.subarray(5)) as {
        token: string;
        viewedAt: number;
      };
      const ring = counts.get(view.token) ?? new Uint32Array(64);
      counts.set(view.token, ring);
      const pane = Math.floor(view.viewedAt / 10_000) % 64;
      ring[pane] = (ring[pane] ?? 0) + 1;
      seen += 1;
    }
    resolveOffset(batch.lastOffset());
    await heartbeat();
    if (seen >= Number(expected)) finish();
  },
});

function finish(): void {
  console.log(`RATE ${seen / ((performance.now() - start) / 1_000)}`);
  process.exit(0);
}
