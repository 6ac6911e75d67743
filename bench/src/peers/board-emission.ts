// Counts views of many tokens in 12 partitions and makes every board that there is, again and again; prints how long each step takes.
import { createHash } from 'node:crypto';
import { partitionOf } from '@trending/kafka';
import { inMemorySerde } from '@trending/kafka/testing';
import { type Board, type CandidateSet, topics, windowNames } from '@trending/schemas';
import {
  AggregateState,
  type BoardSelection,
  candidateSetOf,
  RankState,
  rankFormulas,
  selectionsOf,
} from '@trending/stream-processor/boards';
import { keptCandidates, windowLevels } from '@trending/stream-processor/domain';

const [tokens = '100000', rounds = '40', categoryCount = '26'] = process.argv.slice(2);
const count = Number(tokens);
const partitions = 12;
const hour = 3_600_000;
const chains = ['eth', 'bsc', 'base', 'sol', 'tron', 'polygon'];
const categories = Array.from({ length: Number(categoryCount) }, (_, n) => [`category-${n}`]);
/** Views between two emissions. */
const viewsPerRound = 2_000;
const stepMs = 1_000;
/** So that a minute passes in the middle of the rounds, and panes of the shortest window now and then. */
const start = Date.UTC(2026, 0, 15, 12, 0, 35);

const names = Array.from({ length: count }, (_, n) => {
  const digits = createHash('sha1').update(`token ${n}`).digest('hex');
  return `${chains[n % chains.length]}:0x${digits}`;
});
const categoriesOf = new Map(
  names.map((name, n) => [name, categories[n % categories.length] ?? []]),
);
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

const settings = { formulas: rankFormulas, partitions, startedAt: start, epoch: 1 };
/** Makes all boards of a window together, and a second one makes them as a ranker does: first the board of all tokens, then the others group by group. */
const [whole, inParts] = [0, 1].map(() => new RankState({ ...settings, withFeatures: true })) as [
  RankState,
  RankState,
];
const boardSerde = inMemorySerde<Board>(topics.rankings);
const setSerde = inMemorySerde<CandidateSet>(topics.candidates, { kept: keptCandidates });
const digest = createHash('sha256');
const figures: Record<string, number[]> = {};
let boards = 0;

/** Adds what `work` takes to the figure of this round, ms. */
function timed<T>(name: string, round: number, work: () => T): T {
  const began = performance.now();
  const made = work();
  const list = figures[name] ?? [];
  list[round] = (list[round] ?? 0) + performance.now() - began;
  figures[name] = list;
  return made;
}

function emitSets(round: number, asOf: number): void {
  for (const level of windowLevels) {
    const { name } = level;
    for (const [partition, state] of states.entries()) {
      const identity = { partition, epoch: 1, metadataOffset: 0 };
      const set = timed(`${name} candidates`, round, () => candidateSetOf(state, level, identity));
      const bytes = timed(`${name} sets encoded`, round, () => setSerde.encode(set));
      timed(`${name} sets taken in`, round, () => {
        const read = setSerde.decode(bytes);
        if (!read?.ok) throw new Error(`the candidates of ${name} cannot be read back`);
        for (const rank of [whole, inParts]) rank.accept(read.value, asOf);
      });
    }
  }
}

interface Emission {
  readonly rank: RankState;
  readonly name: string;
  readonly round: number;
  readonly asOf: number;
}

function emitBoards(
  { rank, name, round, asOf }: Emission,
  selection: BoardSelection,
): Uint8Array[] {
  const changes = timed(`${name} scored`, round, () => rank.changes(selection));
  const made = timed(`${name} encoded`, round, () =>
    changes.flatMap(({ key, ranking }) => {
      const seq = (rank.held(key)?.seq ?? 0) + 1;
      const board = ranking && { ...ranking, epoch: 1, seq, scoredAt: asOf };
      rank.hold(key, board);
      return board === null ? [] : [boardSerde.encode(board)];
    }),
  );
  rank.takeFeatures();
  return made;
}

function emission(round: number): void {
  const asOf = start + (round + 1) * stepMs;
  for (let i = 0; i < viewsPerRound; i += 1) view(zipf(), asOf - stepMs + Math.floor(i / 2));
  for (const { store } of states) store.advance(asOf);
  emitSets(round, asOf);
  boards = 0;
  for (const window of windowNames) {
    for (const { name, selection } of selectionsOf(window))
      emitBoards({ rank: inParts, name: `${window} ${name}`, round, asOf }, selection);
    const selection = { window, all: true, scopes: true };
    const made = emitBoards({ rank: whole, name: 'sum', round, asOf }, selection);
    for (const bytes of made) digest.update(bytes);
    boards += made.length;
  }
}

const warmups = 5;
for (let round = 0; round < Number(rounds) + warmups; round += 1) emission(round);
for (const list of Object.values(figures)) list.splice(0, warmups);
console.log(`RESULT ${JSON.stringify({ figures, boards, sha256: digest.digest('hex') })}`);
