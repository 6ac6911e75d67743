import { type Log, type Registry, topicName } from '@trending/kafka';
import { type Clock, createProgressBar, type Logger } from '@trending/runtime';
import { UsageError } from '@trending/runtime/usage';
import { type Board, type Control, type TokenMetadata, topics } from '@trending/schemas';
import { readTable } from '../control/commands.ts';
import { triedFormula } from '../control/formula-file.ts';
import { type FoldedView, foldedFields } from '../domain/folded-view.ts';
import { onlyFormulas, type RuleSource, withFormulas } from '../domain/rules.ts';
import { rankFormulaOf, rankFormulas } from '../tasks/rank-formulas.ts';
import type { RowSink } from '../tasks/sink-ports.ts';
import { createClickHouseTarget } from './clickhouse-target.ts';
import { createFileTarget } from './file-target.ts';
import { createRankingsTarget, ensureReplayTopic } from './rankings-target.ts';
import type { ReplayOptions } from './replay-options.ts';
import { type ReplayResult, replay } from './replay-run.ts';
import { openFeeds, readCategories } from './replay-source.ts';
import type { ReplayOutcome, ReplayTarget } from './replay-target.ts';

export interface ReplayWorld {
  readonly log: Log;
  readonly registry: Registry;
  readonly rows: () => RowSink;
  /** Text of a formula file. */
  readonly readFile: (path: string) => string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where the progress bar is drawn. */
  readonly terminal: NodeJS.WritableStream;
  /** Prefix of topics unless the options give another. */
  readonly prefix: string;
}

export interface ReplayReport extends ReplayResult, ReplayOutcome {
  readonly seconds: number;
  readonly recordsPerSecond: number;
}

/** Runs a replay to its end. @throws UsageError for a topic or formula that does not exist, AppError for I/O. */
export async function replayCommand(
  options: ReplayOptions,
  world: ReplayWorld,
): Promise<ReplayReport> {
  const { log, registry, clock } = world;
  const prefix = options.prefix ?? world.prefix;
  const rules = await rulesOf(options, world, prefix);
  const serde = await registry.serde<FoldedView>(topics.views, prefix, { fields: foldedFields });
  const { feeds, records } = await openFeeds(log, serde, {
    topic: `${prefix}${options.topic}`,
    from: options.from,
    isLive: options.topic === topics.views.name,
  });
  const metadata = await registry.serde<TokenMetadata>(topics.metadata, prefix);
  const categories = await readCategories(log, metadata, topicName(topics.metadata, prefix));
  const target = await targetOf(options, world, prefix);
  const bar = createProgressBar({ label: 'replay', total: records, stream: world.terminal, clock });
  const startedAt = clock.now();
  try {
    const settings = { ...options, formulas: rankFormulas, rules, epoch: 0 };
    const progressed = (folded: number) => bar.update(folded);
    const result = await replay(settings, { feeds, categories, target, progressed });
    const outcome = await target.finish();
    const seconds = (clock.now() - startedAt) / 1_000;
    const recordsPerSecond = Math.round(result.records / Math.max(seconds, 0.001));
    return { ...result, ...outcome, seconds, recordsPerSecond };
  } catch (error) {
    await target.abandon();
    throw error;
  } finally {
    bar.end();
    await Promise.all(feeds.map((feed) => feed.close()));
  }
}

/** The report as a person reads it. */
export function reportText(report: ReplayReport): string {
  const at = (time: number | undefined) =>
    time === undefined ? '-' : new Date(time).toISOString();
  const lines = [
    `${report.boards} boards of ${report.steps} steps, ${at(report.firstAsOf)} … ${at(report.lastAsOf)}, into ${report.into}`,
    `${report.records} records in ${report.seconds.toFixed(1)} s (${report.recordsPerSecond}/s)`,
    ...(report.sha256 === undefined ? [] : [`sha256 ${report.sha256}`]),
  ];
  return `${lines.join('\n')}\n`;
}

async function targetOf(
  { into, out }: ReplayOptions,
  { log, registry, rows }: ReplayWorld,
  prefix: string,
): Promise<ReplayTarget> {
  if (into === 'file') return createFileTarget(out);
  if (into === 'clickhouse') return createClickHouseTarget(rows());
  const serde = await registry.serde<Board>(topics.rankings, prefix);
  return createRankingsTarget(log, serde, await ensureReplayTopic(log, prefix));
}

/**
 * Operators' words as the topic holds them now, limited to some formulas, with those of files beside them: a file takes the place of the
 * formula of its id. @throws UsageError for ids there never were, and for what is wrong with a file
 */
async function rulesOf(
  { formulas: ids, formulaFiles }: ReplayOptions,
  { log, registry, logger, readFile }: ReplayWorld,
  prefix: string,
): Promise<RuleSource> {
  const tried = formulaFiles.map((path) => rankFormulaOf(triedFormula(readFile(path), path)));
  const control = await registry.serde<Control>(topics.control, prefix);
  const table = await readTable({ log, control, logger, prefix });
  if (ids === undefined) return table;
  const known = new Set(rankFormulas.map(({ ref }) => ref.id));
  for (const { id, says } of table.history()) if (says.kind !== 'suppress') known.add(id);
  const unknown = ids.find((id) => !known.has(id));
  if (unknown !== undefined)
    throw new UsageError(`--formula ${unknown}: known are ${[...known].join(', ')}`);
  return withFormulas(onlyFormulas(table, ids), tried);
}
