import type { ProducedRecord, Serde } from '@trending/kafka';
import { UsageError } from '@trending/runtime/usage';
import type { Control } from '@trending/schemas';
import { type ControlRecord, formulaKey, suppressKey } from '../domain/control-word.ts';
import { type ControlTable, formulasMax } from '../state/control-table.ts';
import { formulaFileOf } from './formula-file.ts';
import type { WordCommand } from './options.ts';

/** A word ready to write: known to be good in the place it will have. */
export interface MadeWord {
  readonly key: string;
  /** Null for a withdrawal. */
  readonly control: Control | null;
  readonly author: string;
  readonly reason: string;
  readonly effectiveFrom: number;
}

/**
 * Makes the word of a command, by what was said before.
 *
 * @param table as the topic stands; it is tried with the word, so use it for nothing else afterwards
 * @throws UsageError when the word would be refused, not served, or change nothing
 */
export function wordOf(
  command: WordCommand,
  table: ControlTable,
  readFile: (path: string) => string,
): MadeWord {
  const word = drafted(command, table, readFile);
  const { key, control, effectiveFrom } = word;
  const record: ControlRecord = { key, control, offset: table.offset, timestamp: effectiveFrom };
  const problem = table.apply(record);
  if (problem !== undefined) throw new UsageError(problem);
  if (command.name === 'formula') refuseUnserved(key.slice(key.indexOf(':') + 1), table, command);
  return word;
}

function drafted(
  command: WordCommand,
  table: ControlTable,
  readFile: (path: string) => string,
): MadeWord {
  const { author, reason, from } = command;
  const said = { author, reason, effectiveFrom: from };
  switch (command.name) {
    case 'formula': {
      const { id, version, parameters } = formulaFileOf(readFile(command.file), command.file);
      const newest = newestVersion(table, id);
      if (version !== undefined && version <= newest)
        throw new UsageError(`version ${version} of ${id}: there is version ${newest} already`);
      const control = { kind: 'formula', id, version: version ?? newest + 1, parameters, ...said };
      return { key: formulaKey(id), control, ...said };
    }
    case 'withdraw': {
      const key = formulaKey(command.id);
      if (!table.history().some((word) => word.key === key))
        throw new UsageError(`nothing was said of formula ${command.id}: nothing to withdraw`);
      return { key, control: null, ...said };
    }
    case 'suppress': {
      const { token, until } = command;
      const parameters = JSON.stringify(until === null ? {} : { until });
      return suppression(token, parameters, said);
    }
    case 'release': {
      const { token } = command;
      if (!table.at(from, table.offset).held.has(token))
        throw new UsageError(`${token} is not held then: see npm run control -- list`);
      return suppression(token, '{"release":true}', said);
    }
  }
}

function suppression(
  id: string,
  parameters: string,
  said: Pick<MadeWord, 'author' | 'reason' | 'effectiveFrom'>,
): MadeWord {
  const control = { kind: 'suppress', id, version: 1, parameters, ...said };
  return { key: suppressKey(id), control, ...said };
}

/** The greatest version there ever was of an id; built-in formulas begin with theirs. */
function newestVersion(table: ControlTable, id: string): number {
  const said = table.history().filter((word) => word.key === formulaKey(id));
  const builtIn = table.at(0, 0).formulas.find(({ ref }) => ref.id === id)?.ref.version ?? 0;
  return Math.max(builtIn, ...said.map(({ version }) => version));
}

function refuseUnserved(id: string, table: ControlTable, { from }: WordCommand): void {
  const place = table.standings(from, table.offset).findIndex((standing) => standing.id === id);
  if (place < 0) throw new UsageError(`${id}: both formulas must be in force from its time on`);
  if (place >= formulasMax)
    throw new UsageError(
      `${id} would be number ${place + 1} of at most ${formulasMax} formulas: withdraw one first`,
    );
}

/** The record of a word; a withdrawal has room for author and reason in headers only. */
export function recordOf(
  { key, control, author, reason }: MadeWord,
  serde: Serde<Control>,
): ProducedRecord {
  return control === null
    ? { key, value: null, headers: { author, reason } }
    : { key, value: serde.encode(control) };
}
