import { randomUUID } from 'node:crypto';
import { topicName } from '@trending/kafka';
import { topics } from '@trending/schemas';
import { type Drained, drained } from '../drain.ts';
import { type BenchResult, interleave, progress, type Row, rowOf, verdict } from '../harness.ts';
import { provision } from '../provision.ts';
import type { BenchStack } from '../stack.ts';
import { appendBacklog } from '../views.ts';
import { buildPeer, type Counting, countWithStreams } from './peer.ts';

/** Its own: what an earlier run left on the same stack would be counted too. */
const prefix = `streams-${randomUUID().slice(0, 8)}.`;
/** The first lap finds a JVM as cold as the processor always starts; the second a warm one. */
const laps = 2;

export interface StreamsSettings {
  readonly views: number;
  readonly tokens: number;
  readonly rounds: number;
}

/** What one contender did in one round; of a JVM the better lap of each figure, and how the first one went. */
interface Run extends Drained {
  readonly coldPerSecond: number;
  readonly writtenPerSecond?: number;
}

interface Measured {
  readonly name: string;
  measure(): Promise<Run>;
}

/** P3: Kafka Streams counts the backlog that the aggregate role drains with uniques, dedup, candidates and checkpoints; in one mode it finds duplicates and visitors too. */
export async function streams(stack: BenchStack, settings: StreamsSettings): Promise<BenchResult> {
  const { views, tokens, rounds } = settings;
  const folder = await buildPeer();
  await provision(stack, prefix);
  progress(`appending ${views} views of ${tokens} tokens`);
  await appendBacklog(stack, { views, tokens, prefix, spanMs: 600_000 });
  const backlog = { broker: stack.kafka, topic: topicName(topics.views, prefix), views };
  const peer = (name: string, mode: Counting['mode'], threads: number): Measured => ({
    name,
    async measure() {
      const runs = await countWithStreams(folder, backlog, { mode, threads, laps });
      return {
        viewsPerSecond: Math.max(...runs.map((lap) => lap.viewsPerSecond)),
        writtenPerSecond: Math.max(...runs.map((lap) => lap.writtenPerSecond)),
        cpuMicrosPerView: Math.min(...runs.map((lap) => lap.cpuMicrosPerView)),
        coldPerSecond: runs[0]?.viewsPerSecond ?? Number.NaN,
        peakRssMiB: Math.max(...runs.map((lap) => lap.peakRssMiB)),
      };
    },
  });
  const rows = await measureAll(rounds, [
    peer('Kafka Streams in memory', 'in-memory', 1),
    peer('Kafka Streams in memory, 2 threads', 'in-memory', 2),
    peer('Kafka Streams in memory, exactly once', 'exactly-once', 1),
    peer('Kafka Streams, duplicates and visitors too', 'same-work', 1),
    {
      name: 'stream-processor, aggregate',
      async measure() {
        const run = await drained(stack, { prefix, records: views });
        return { ...run, coldPerSecond: run.viewsPerSecond };
      },
    },
  ]);
  const [one, two, exact, same, ours] = rows.map(({ median }) => median);
  const times = (other: number | undefined): number => (ours ?? Number.NaN) / (other ?? Number.NaN);
  return {
    name: 'streams',
    rows,
    verdicts: [
      verdict('P3 ≥ 2× Kafka Streams in memory', times(one), { atLeast: 2 }),
      verdict('≥ 2× the same with 2 threads', times(two), { atLeast: 2 }),
      verdict('≥ 3× its exactly-once mode', times(exact), { atLeast: 3 }),
      verdict('faster than Kafka Streams doing the same work', times(same), { atLeast: 1 }),
    ],
  };
}

/** Rates of all contenders in turn, then what else was seen of the same runs; the first contender is the reference of every row. */
async function measureAll(rounds: number, contenders: readonly Measured[]): Promise<Row[]> {
  const seen = contenders.map((): Run[] => []);
  const rates = await interleave(
    { unit: 'views/s', rounds },
    contenders.map(({ name, measure }, i) => ({
      name,
      async run(round) {
        const run = await measure();
        if (round >= 0) seen[i]?.push(run);
        return run.viewsPerSecond;
      },
    })),
  );
  const others = (what: string, unit: string, read: (run: Run) => number | undefined): Row[] =>
    contenders.flatMap(({ name }, i) => {
      const figures = (of: number): number[] => (seen[of] ?? []).flatMap((run) => read(run) ?? []);
      return figures(i).length === 0
        ? []
        : [rowOf({ name: `${name}: ${what}`, unit }, figures(i), figures(0))];
    });
  return [
    ...rates,
    ...others('in a new process', 'views/s', (run) => run.coldPerSecond),
    ...others('until its changelog is written', 'views/s', (run) => run.writtenPerSecond),
    ...others('CPU', 'µs a view', (run) => run.cpuMicrosPerView),
    ...others('memory at most', 'MiB', (run) => run.peakRssMiB),
  ];
}
