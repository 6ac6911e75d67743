// Counts views of many tokens in 12 partitions and makes every board that there is, again and again; prints how long each part takes.
import { createHash } from 'node:crypto';
import { partitionOf } from '@trending/kafka';
import { inMemorySerde } from '@trending/kafka/testing';
import { type Board, topics, windows } from '@trending/schemas';
import {
  AggregateState,
  candidateSetOf,
  RankState,
  rankFormulas,
} from '@trending/stream-processor/boards';
import { windowLevels } from '@trending/stream-processor/domain';

const [tokens = '100000', rounds = '30'] = process.argv.slice(2);
const count = Number(tokens);
const partitions = 12;
const hour = 3_600_000;
const chains = ['eth', 'bsc', 'base', 'sol', 'tron', 'polygon'];
const categories = Array.from({ length: 26 }, (_, n) => `category-${n}`);
/** Views between two emissions. */
const viewsPerRound = 2_000;
const stepMs = 5_000;
const start = Date.UTC(2026, 0, 15, 12);

const names = Array.from({ length: count }, (_, n) => {
  const digits = createHash('sha1').update(`token ${n}`).digest('hex');
  return `${chains[n % chains.length]}:0x${digits}`;
});
const categoriesOf = new Map(names.map((name, n) => [name, [categories[n % 26] ?? '']]));
const states = Array.from(
  { length: partitions },
  () =>
    new AggregateState({
      from: 0,
      asOf: start - 24 * hour,
      known: { categoriesOf: (token) => categoriesOf.get(token) ?? [] },
    }),
);
const home = names.map((name) => partitionOf(name, partitions));

let seed = 7;
function random(): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 4_294_967_296;
}

const viewer = new Uint8Array(8);
const network = new Uint8Array(8);
const [viewerWords, networkWords] = [new DataView(viewer.buffer), new DataView(network.buffer)];
function view(index: number, at: number): void {
  const person = Math.floor(random() * 300_000);
  viewerWords.setUint32(0, Math.imul(person, 2_654_435_761) >>> 0);
  viewerWords.setUint32(4, person);
  networkWords.setUint32(0, Math.imul(person % 200_000, 40_503) >>> 0);
  networkWords.setUint32(4, person % 200_000);
  const state = states[home[index] ?? 0];
  const token = names[index] ?? '';
  state?.store.add({ token, viewer, network, viewedAt: at, weightMicro: 1_000_000 });
}

// Every token once, then Zipf-like: most views go to few tokens.
const zipf = () => Math.min(count - 1, Math.floor(count ** random()));
const views = 10 * count;
for (let i = 0; i < views; i += 1) {
  const at = start - 24 * hour + Math.floor((i / views) * 24 * hour);
  view(i < count ? i : zipf(), at);
  if (i % 10_000 === 0) for (const { store } of states) store.advance(at);
}

const rank = new RankState({
  formulas: rankFormulas,
  partitions,
  startedAt: start,
  epoch: 1,
  withFeatures: true,
});
const serde = inMemorySerde<Board>(topics.rankings);
const digest = createHash('sha256');
const figures = { candidates: [] as number[], scored: [] as number[], encoded: [] as number[] };
const boards: number[] = [];

function emission(round: number): void {
  const asOf = start + (round + 1) * stepMs;
  for (let i = 0; i < viewsPerRound; i += 1) view(zipf(), asOf - stepMs + i);
  for (const { store } of states) store.advance(asOf);
  let candidatesMs = 0;
  for (const [partition, state] of states.entries()) {
    const began = performance.now();
    const sets = windowLevels.map((level) =>
      candidateSetOf(state, level, { partition, epoch: 1, metadataOffset: 0 }),
    );
    candidatesMs += performance.now() - began;
    for (const set of sets) rank.accept(set, asOf);
  }
  const began = performance.now();
  const changes = windows.flatMap(({ name }) =>
    rank.changes({ window: name, all: true, scopes: true }),
  );
  const scored = performance.now();
  const made = changes.map(({ key, ranking }) => {
    const seq = (rank.held(key)?.seq ?? 0) + 1;
    const board = ranking && { ...ranking, epoch: 1, seq, scoredAt: asOf };
    rank.hold(key, board);
    return board && serde.encode(board);
  });
  const encoded = performance.now();
  rank.takeFeatures();
  for (const bytes of made) if (bytes !== null) digest.update(bytes);
  if (round < 3) return;
  figures.candidates.push(candidatesMs);
  figures.scored.push(scored - began);
  figures.encoded.push(encoded - scored);
  boards.push(changes.length);
}

for (let round = 0; round < Number(rounds) + 3; round += 1) emission(round);
console.log(`RESULT ${JSON.stringify({ ...figures, boards, sha256: digest.digest('hex') })}`);
