import { type Log, type Serde, topicName, topicSpecs } from '@trending/kafka';
import { createInMemoryLog, type InMemoryLog, inMemorySerde } from '@trending/kafka/testing';
import { createLogger, Registry } from '@trending/runtime';
import { ManualClock } from '@trending/runtime/testing';
import {
  type Board,
  type CandidateSet,
  type Control,
  type FeatureSet,
  type Topic,
  topics,
} from '@trending/schemas';
import type { ControlRecord } from '../../src/domain/control-word.ts';
import { createControlTable } from '../../src/tasks/rank-formulas.ts';
import { createRankMetrics } from '../../src/tasks/rank-metrics.ts';
import type { RankPorts } from '../../src/tasks/rank-ports.ts';
import { createRankRole, type RankRole } from '../../src/tasks/rank-role.ts';

export const rankings = topics.rankings.name;
export const candidateSets = inMemorySerde<CandidateSet>(topics.candidates);
export const boards = inMemorySerde<Board>(topics.rankings);
const controls = inMemorySerde<Control>(topics.control);
const logger = createLogger({ service: 'test', level: 'silent' });

/** A record of the rankings topic, readable: fences without a board. */
export interface Written {
  readonly offset: number;
  readonly key: string;
  readonly board: Board | null;
}

export interface RankWorld {
  readonly log: InMemoryLog;
  readonly clock: ManualClock;
  readonly ports: RankPorts;
  /** Appends candidate sets as the aggregate role does; resolves with the offset of the first. */
  send(...sets: CandidateSet[]): Promise<number>;
  /** Appends records to the control topic, as operators do. */
  say(...records: Omit<ControlRecord, 'offset' | 'timestamp'>[]): Promise<number>;
  written(): Written[];
  /** A rank role of its own process: own client of the same log. Crashes are collected. */
  role(candidates?: Serde<CandidateSet>): {
    readonly role: RankRole;
    readonly log: InMemoryLog;
    readonly crashes: unknown[];
    readonly metrics: Registry;
  };
}

export function rankWorld(partitions: number, startsAt = 3_600_000): RankWorld {
  const clock = new ManualClock(startsAt);
  const specs = topicSpecs({ prefix: '', viewPartitions: partitions });
  const log = createInMemoryLog({ topics: specs, clock });
  return {
    log,
    clock,
    ports: portsOn(log, { clock, partitions }),
    send: (...sets) =>
      log.append(
        { topic: topics.candidates.name, partition: 0 },
        sets.map((set) => ({
          key: `${set.window}|${set.partition}`,
          value: candidateSets.encode(set),
        })),
      ),
    say: (...records) =>
      log.append(
        { topic: topics.control.name, partition: 0 },
        records.map(({ key, control }) => ({
          key,
          value: control === null ? null : controls.encode(control),
        })),
      ),
    written: () =>
      log.records(rankings, 0).map(({ offset, key, value }) => ({
        offset,
        key: Buffer.from(key ?? []).toString(),
        board: value === null ? null : decodedBoard(value),
      })),
    role(candidates = candidateSets) {
      const crashes: unknown[] = [];
      const own = log.another();
      const metrics = new Registry();
      const role = createRankRole({
        log: own,
        registry: {
          serde: async <T>(topic: Topic) =>
            topic === topics.candidates
              ? (candidates as unknown as Serde<T>)
              : inMemorySerde<T>(topic),
        },
        logger,
        metrics,
        clock,
        topicPrefix: '',
        crash: (error) => crashes.push(error),
      });
      return { role, log: own, crashes, metrics };
    },
  };
}

function portsOn(
  log: Log,
  { clock, partitions }: { readonly clock: ManualClock; readonly partitions: number },
): RankPorts {
  return {
    log,
    clock,
    logger,
    metrics: createRankMetrics(new Registry(), () => new Map()),
    candidates: candidateSets,
    candidateHeads: candidateSets,
    boards,
    boardHeads: boards,
    features: inMemorySerde<FeatureSet>(topics.features),
    featuresTopic: topicName(topics.features, ''),
    control: { table: createControlTable(), catchUp: async () => undefined },
    candidatesTopic: topicName(topics.candidates, ''),
    rankingsTopic: topicName(topics.rankings, ''),
    partitions,
  };
}

function decodedBoard(bytes: Uint8Array): Board {
  const result = boards.decode(bytes);
  if (result?.ok !== true) throw new Error('not a board');
  return result.value;
}
