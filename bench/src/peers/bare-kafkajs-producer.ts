// Bare kafkajs producing records like ours: batches of 500, acks all, four sends in flight, default partitioner.
import { randomBytes } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';

const [broker = '', topic = '', seconds = '5'] = process.argv.slice(2);
const kafka = new Kafka({ clientId: 'bare', brokers: [broker], logLevel: logLevel.NOTHING });
const producer = kafka.producer({ allowAutoTopicCreation: false });
await producer.connect();
const value = randomBytes(175);
const keys = Array.from({ length: 50_000 }, () => `eth:0x${randomBytes(20).toString('hex')}`);
let sent = 0;
let next = 0;

async function loop(until: number): Promise<void> {
  while (performance.now() < until) {
    const messages = Array.from({ length: 500 }, () => ({
      key: keys[next++ % keys.length] ?? '',
      value,
    }));
    await producer.send({ topic, acks: -1, messages });
    sent += messages.length;
  }
}

await Promise.all([1, 2, 3, 4].map(() => loop(performance.now() + 1_000)));
sent = 0;
const start = performance.now();
await Promise.all([1, 2, 3, 4].map(() => loop(start + Number(seconds) * 1_000)));
console.log(`RATE ${sent / ((performance.now() - start) / 1_000)}`);
await producer.disconnect();
