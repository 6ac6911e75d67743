import type { Control } from '@trending/schemas';
import type { ControlRecord } from '../../src/domain/control-word.ts';
import type { ControlTable } from '../../src/state/control-table.ts';
import { createControlTable } from '../../src/tasks/rank-formulas.ts';

/** A record that sets a formula. */
export function formulaRecord(
  id: string,
  given: { readonly parameters?: unknown; readonly version?: number; readonly from?: number },
): Omit<ControlRecord, 'offset'> {
  const { parameters = {}, version = 2, from = 0 } = given;
  return said('formula', id, { parameters, version, from });
}

/** A record that holds a token back, or releases it. */
export function suppressRecord(
  token: string,
  given: { readonly parameters?: unknown; readonly from?: number } = {},
): Omit<ControlRecord, 'offset'> {
  const { parameters = {}, from = 0 } = given;
  return said('suppress', token, { parameters, version: 1, from });
}

/** A null value, stamped at `timestamp`. */
export function withdrawalOf(key: string, timestamp: number): Omit<ControlRecord, 'offset'> {
  return { key, timestamp, control: null };
}

/** A table that read these records, at offsets 0, 1, … */
export function tableOf(records: readonly Omit<ControlRecord, 'offset'>[]): ControlTable {
  const table = createControlTable();
  for (const [offset, record] of records.entries()) table.apply({ ...record, offset });
  return table;
}

function said(
  kind: string,
  id: string,
  { parameters, version, from }: { parameters: unknown; version: number; from: number },
): Omit<ControlRecord, 'offset'> {
  const control: Control = {
    kind,
    id,
    version,
    parameters: typeof parameters === 'string' ? parameters : JSON.stringify(parameters),
    effectiveFrom: from,
    author: 'tester',
    reason: 'a test',
  };
  return { key: `${kind}:${id}`, timestamp: 0, control };
}
