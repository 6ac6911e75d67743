import { topicName } from '@trending/kafka';
import { type Board, topics } from '@trending/schemas';
import type { ControlTable } from '../state/control-table.ts';
import { controlRecordOf } from '../tasks/control-reader.ts';
import { historyAnswer, listAnswer } from '../tasks/control-report.ts';
import { createControlTable } from '../tasks/rank-formulas.ts';
import { boardKnowing } from './board-knowing.ts';
import type { ControlDeps } from './control-deps.ts';
import { type MadeWord, recordOf, wordOf } from './control-word-maker.ts';
import { type ControlCommand, controlHelp, type WordCommand } from './options.ts';
import { historyText, listText } from './report.ts';

/** What a command says, and whether all went well. */
export interface ControlOutcome {
  readonly text: string;
  readonly isWell: boolean;
}

/** Runs a command. @throws UsageError for words that would be refused, AppError for I/O */
export async function runControl(
  command: ControlCommand,
  deps: ControlDeps,
): Promise<ControlOutcome> {
  if (command.name === 'help') return { text: controlHelp, isWell: true };
  const table = await readTable(deps);
  if (command.name === 'list') {
    const answer = listAnswer(table, deps.clock.now());
    return { text: command.json ? jsonLine(answer) : listText(answer), isWell: true };
  }
  if (command.name === 'history') {
    const answer = historyAnswer(table, command.limit);
    return { text: command.json ? jsonLine(answer) : historyText(answer), isWell: true };
  }
  return say(command, table, deps);
}

/** The control topic as it stands. */
export async function readTable({
  log,
  control,
  logger,
  prefix,
}: Pick<ControlDeps, 'log' | 'control' | 'logger' | 'prefix'>): Promise<ControlTable> {
  const table = createControlTable();
  const topic = topicName(topics.control, prefix);
  const from = (await log.startOffsets(topic)).get(0) ?? 0;
  const to = (await log.endOffsets(topic)).get(0) ?? 0;
  if (from < to) {
    for await (const { records } of log.read({ topic, partition: 0 }, { from, to })) {
      for (const record of records) {
        const read = await controlRecordOf({ control, logger }, record);
        if (read !== undefined) table.apply(read);
      }
    }
  }
  table.skipTo(to);
  return table;
}

/** Writes the word, then waits for a board that names it. */
async function say(
  command: WordCommand,
  table: ControlTable,
  deps: ControlDeps,
): Promise<ControlOutcome> {
  const { log, prefix } = deps;
  const word = wordOf(command, table, deps.readFile);
  const rankings = topicName(topics.rankings, prefix);
  const seenFrom = (await log.endOffsets(rankings)).get(0) ?? 0;
  const target = { topic: topicName(topics.control, prefix), partition: 0 };
  const offset = await log.append(target, [recordOf(word, deps.control)]);
  const board =
    command.waitMs === 0
      ? undefined
      : await boardKnowing({ offset, from: seenFrom, waitMs: command.waitMs }, deps);
  const isWell = command.waitMs === 0 || board !== undefined;
  const answer = {
    key: word.key,
    version: word.control?.version ?? null,
    offset,
    effectiveFrom: new Date(word.effectiveFrom).toISOString(),
    board: board === undefined ? null : boardAnswer(board),
  };
  return { text: command.json ? jsonLine(answer) : saidText(word, answer, isWell), isWell };
}

function boardAnswer({ formula, window, scope, asOf, controlOffset }: Board) {
  const at = new Date(asOf).toISOString();
  return { formula: formula.id, window, scope, asOf: at, controlOffset };
}

function saidText(
  { key, control, effectiveFrom }: MadeWord,
  answer: { readonly offset: number; readonly board: ReturnType<typeof boardAnswer> | null },
  isWell: boolean,
): string {
  const what = control === null ? `${key} withdrawn` : `${key} version ${control.version}`;
  const written = `${what}: control offset ${answer.offset}, in force from ${new Date(effectiveFrom).toISOString()}\n`;
  if (answer.board !== null) {
    const { formula, window, scope, asOf } = answer.board;
    return `${written}The rank role has it: board ${formula} ${window} ${scope} of ${asOf} names it in its cut.\n`;
  }
  if (isWell) return written;
  return `${written}No board names it yet. It is kept, and counts as soon as a rank role has read it: is one running, and do views arrive?\n`;
}

function jsonLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
