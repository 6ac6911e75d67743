// Writes the checkpoints of many tokens to a real broker, then restores all partitions as a process would after a kill; prints seconds.
import { randomUUID } from 'node:crypto';
import {
  applySchemas,
  createKafkaLog,
  createRegistry,
  type Log,
  partitionOf,
  topicName,
  topicSpecs,
} from '@trending/kafka';
import { createLogger, Registry } from '@trending/runtime';
import {
  type CandidateSet,
  type TokenMetadata,
  topics,
  type ViewDelta,
  type ViewerJourneys,
  type ViewerSightings,
} from '@trending/schemas';
import {
  type AggregateState,
  type AggregateTask,
  CategoryTable,
  Checkpoints,
  createAggregateMetrics,
  SightingsLog,
} from '@trending/stream-processor/checkpoints';
import type { FoldedView } from '@trending/stream-processor/domain';
import { aggregate } from '@trending/stream-processor/topology';

const [kafka = '', registryUrl = '', tokens = '100000', viewsPerToken = '5'] =
  process.argv.slice(2);
const partitions = 12;
const own = Array.from({ length: partitions }, (_, partition) => partition);
const hour = 3_600_000;
const prefix = `bench-restore-${randomUUID().slice(0, 8)}.`;
const logger = createLogger({ service: 'bench', level: 'warn' });
const log = createKafkaLog({ brokers: kafka.split(','), clientId: 'bench-restore', logger });
await log.ensureTopics(topicSpecs({ prefix, viewPartitions: partitions }));
await applySchemas({ url: registryUrl, logger, prefix });
const registry = createRegistry({ url: registryUrl, logger });
const viewsTopic = topicName(topics.views, prefix);

/** The views themselves are not needed to restore; they are said to be there. */
const withViews: Log = Object.assign(Object.create(log) as Log, {
  append: log.append.bind(log),
  read: log.read.bind(log),
  deleteBefore: log.deleteBefore.bind(log),
  startOffsets: log.startOffsets.bind(log),
  offsetsForTime: log.offsetsForTime.bind(log),
  endOffsets: async (topic: string) =>
    topic === viewsTopic
      ? new Map(Array.from({ length: partitions }, (_, p) => [p, 2 ** 40]))
      : log.endOffsets(topic),
});

let aheadMs = 0;
const clock = { now: () => Date.now() + aheadMs };

async function createCheckpoints(): Promise<Checkpoints> {
  const ports = {
    log: withViews,
    clock,
    logger,
    metrics: createAggregateMetrics(new Registry(), () => []),
    views: await registry.serde<FoldedView>(topics.views, prefix),
    deltas: await registry.serde<ViewDelta>(topics.viewDeltas, prefix),
    metadata: await registry.serde<TokenMetadata>(topics.metadata, prefix),
    candidates: await registry.serde<CandidateSet>(topics.candidates, prefix),
    sightings: await registry.serde<ViewerSightings>(topics.sightings, prefix),
    journeys: await registry.serde<ViewerJourneys>(topics.journeys, prefix),
    viewsTopic,
    deltasTopic: topicName(topics.viewDeltas, prefix),
    metadataTopic: topicName(topics.metadata, prefix),
    deadLettersTopic: topicName(topics.deadLetters, prefix),
    sightingsTopic: topicName(topics.sightings, prefix),
    journeysTarget: { topic: topicName(topics.journeys, prefix), partition: 0 },
    candidatesTarget: { topic: topicName(topics.candidates, prefix), partition: 0 },
  };
  const failed = (error: unknown): never => {
    throw error;
  };
  const fenceCandidates = async (): Promise<number> => 0;
  const sightings = new SightingsLog(ports);
  const categories = new CategoryTable();
  return new Checkpoints({ ports, sightings, categories, failed, fenceCandidates });
}

const words = {
  viewer: new Uint8Array(8),
  network: new Uint8Array(8),
  eventId: new Uint8Array(16),
};
const [viewer, network, eventId] = [words.viewer, words.network, words.eventId].map(
  (bytes) => new DataView(bytes.buffer),
) as [DataView, DataView, DataView];

/** View number `id`: a viewer of its own, a network shared by two. */
function viewOf(token: string, id: number, viewedAt: number): FoldedView {
  viewer.setUint32(0, Math.imul(id, 2_654_435_761) >>> 0);
  network.setUint32(0, Math.imul(id >>> 1, 40_503) >>> 0);
  eventId.setUint32(0, id);
  const from = { source: 'web', country: id % 3 === 0 ? 'CH' : 'DE' };
  const times = { viewedAt, receivedAt: viewedAt };
  return { ...words, chain: 'eth', token, ...times, ...from, weightMicro: 1_000_000, flags: 0 };
}

function fold(state: AggregateState, view: FoldedView, key: Buffer): void {
  const at = { topic: viewsTopic, partition: 0, offset: state.inputOffset };
  const record = { ...at, timestamp: view.viewedAt, key, value: null, headers: {} };
  aggregate(state, record, { ok: true, value: view });
}

async function takenOver(checkpoints: Checkpoints): Promise<Map<number, AggregateTask>> {
  const tasks = new Map<number, AggregateTask>();
  const ready = (task: AggregateTask) => void tasks.set(task.partition, task);
  await checkpoints.takeOver(own, { kept: () => undefined, isWanted: () => true, ready });
  return tasks;
}

/** Folds `viewsPerToken` views of every token, spread over 23 hours, and has them checkpointed. */
async function fill(): Promise<void> {
  const checkpoints = await createCheckpoints();
  const tasks = await takenOver(checkpoints);
  const names = Array.from(
    { length: Number(tokens) },
    (_, n) => `eth:0x${n.toString(16).padStart(40, '0')}`,
  );
  const homes = names.map((name) => tasks.get(partitionOf(name, partitions)));
  const rounds = Number(viewsPerToken);
  const start = Date.now() - 23 * hour;
  for (let round = 0; round < rounds; round += 1) {
    const viewedAt = start + Math.floor((round / rounds) * 23 * hour);
    for (const [n, token] of names.entries()) {
      const view = viewOf(token, round * names.length + n, viewedAt);
      const task = homes[n] as AggregateTask;
      fold(task.state, view, Buffer.from(token));
      await checkpoints.between(task, false);
    }
    await checkpoints.flush(tasks.values());
  }
  // Ten minutes later a base is due.
  aheadMs = 600_000;
  for (const task of tasks.values()) await checkpoints.tick([task]);
}

await fill();
globalThis.gc?.();
const began = performance.now();
const checkpoints = await createCheckpoints();
const restored = await takenOver(checkpoints);
const seconds = (performance.now() - began) / 1_000;
let found = 0;
for (const task of restored.values()) found += task.state.store.tokenCount();
const rssMiB = process.memoryUsage.rss() / 1_048_576;
process.stdout.write(`RESULT ${JSON.stringify({ seconds, tokens: found, rssMiB })}\n`);
await log.close();
process.exit(0);
