import type { ConsumedRecord, Log, Serde } from '@trending/kafka';
import { createProgressBar } from '@trending/runtime';
import { UsageError } from '@trending/runtime/usage';
import type { TokenView } from '@trending/schemas';
import { type Letter, readLetters } from './letter-index.ts';
import { type DlqCommand, dlqHelp, type ReplayCommand } from './options.ts';
import { replayLetters } from './replay.ts';
import { listAnswer, listText, showAnswer, showText } from './report.ts';

export interface DlqDeps {
  readonly log: Log;
  /** The dead-letter topic. */
  readonly topic: string;
  readonly views: () => Promise<Serde<TokenView>>;
  readonly terminal: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** Runs a command; the text for standard output. */
export async function runDlq(command: DlqCommand, deps: DlqDeps): Promise<string> {
  if (command.name === 'help') return dlqHelp;
  if (command.name === 'replay') return replay(command, deps);
  const { log, topic } = deps;
  if (command.name === 'list') {
    const answer = listAnswer(await readLetters(log, topic, command.filter), command);
    return command.json ? json(answer) : listText(answer);
  }
  const { partition, offset } = command;
  const { letters } = await readLetters(log, topic, { partition, offset });
  const [letter] = letters;
  if (letter === undefined) throw new UsageError(`no dead letter at ${partition}/${offset}`);
  const record = await recordAt(letter, deps);
  const answer = showAnswer(letter, record, await decoded(await deps.views(), record.value));
  return command.json ? json(answer) : showText(answer);
}

async function replay(command: ReplayCommand, deps: DlqDeps): Promise<string> {
  const { log, topic, terminal } = deps;
  const { letters } = await readLetters(log, topic, command.filter);
  const open = letters.filter(({ state }) => state !== 'replayed');
  const taken = open.slice(0, command.max);
  const summary = {
    matched: letters.length,
    replayedBefore: letters.length - open.length,
    left: open.length - taken.length,
  };
  if (command.dryRun) {
    const page = listAnswer({ letters: taken, foreign: 0 }, { page: 1, size: 20 });
    if (command.json) return json({ ...summary, dryRun: true, wouldReplay: taken.length });
    return `would replay ${taken.length} of ${letters.length} letters; nothing was changed\n${listText(page)}`;
  }
  const bar = createProgressBar({ label: 'replay', total: taken.length, stream: terminal });
  const keyOf = command.fixKey ? tokenKey(await deps.views()) : originalKey;
  const result = await replayLetters(taken, {
    ...{ log, topic, keyOf },
    progressed: (done) => bar.update(done),
  });
  bar.end();
  if (command.json) return json({ ...summary, ...result });
  const { replayed, found, skipped } = result;
  return `${replayed} replayed and acknowledged, ${summary.replayedBefore + found} had been replayed before, ${skipped} skipped (no usable key, or their topic is gone), ${summary.left} left by --max\n`;
}

async function originalKey({ key }: ConsumedRecord): Promise<Uint8Array | undefined> {
  return key ?? undefined;
}

function tokenKey(views: Serde<TokenView>) {
  return async ({ value }: ConsumedRecord): Promise<string | undefined> => {
    const view = await decoded(views, value);
    return view?.ok ? view.value.token : undefined;
  };
}

async function decoded(views: Serde<TokenView>, value: Uint8Array | null) {
  if (value === null) return undefined;
  if (views.decode(value) === undefined) await views.resolve(value);
  return views.decode(value);
}

async function recordAt(
  { partition, offset }: Letter,
  { log, topic }: DlqDeps,
): Promise<ConsumedRecord> {
  const range = { from: offset, to: offset + 1 };
  for await (const { records } of log.read({ topic, partition }, range))
    for (const record of records) return record;
  throw new UsageError(`the dead letter at ${partition}/${offset} is gone`);
}

function json(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
