import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { UsageError } from '@trending/runtime/usage';
import type { SliceVerdict } from './run.ts';

/** What a run was asked for; a run that goes on must be asked for the same, but for its length. */
export interface Plan {
  readonly seed: number;
  readonly judgeEvery: number;
}

export interface Results {
  readonly verdicts: SliceVerdict[];
  add(verdict: SliceVerdict): void;
}

/** Judged slices in a file, a JSON object a line behind the plan, so that a run can be cut off and goes on with `--resume`. */
export function openResults(path: string, plan: Plan, isResumed: boolean): Results {
  const verdicts = isResumed ? earlier(path, plan) : [];
  if (!isResumed) {
    if (existsSync(path))
      throw new UsageError(`${path} exists: give --resume to go on, or another --out`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(plan)}\n`);
  }
  return {
    verdicts,
    add(verdict) {
      verdicts.push(verdict);
      appendFileSync(path, `${JSON.stringify(verdict)}\n`);
    },
  };
}

function earlier(path: string, plan: Plan): SliceVerdict[] {
  if (!existsSync(path)) throw new UsageError(`${path} is not there: start without --resume`);
  const [first = '{}', ...rest] = readFileSync(path, 'utf8').trimEnd().split('\n');
  if (first !== JSON.stringify(plan))
    throw new UsageError(
      `${path} was started with ${first}: give the same --seed and --judge-every`,
    );
  return rest.map((line, index) => verdictOf(line, `${path}, line ${index + 2}`));
}

/** A run that is cut off while it writes leaves half a line. */
function verdictOf(line: string, where: string): SliceVerdict {
  try {
    return JSON.parse(line) as SliceVerdict;
  } catch {
    throw new UsageError(
      `${where} is no verdict: delete it and its slice is judged again, or give another --out`,
    );
  }
}

/** The slices of `faults` faults that have no verdict yet. */
export function openSlices(
  faults: number,
  judgeEvery: number,
  verdicts: readonly SliceVerdict[],
): { readonly slice: number; readonly faults: number }[] {
  const judged = new Set(verdicts.map(({ slice }) => slice));
  return Array.from({ length: Math.ceil(faults / judgeEvery) }, (_, slice) => ({
    slice,
    faults: Math.min(judgeEvery, faults - slice * judgeEvery),
  })).filter(({ slice }) => !judged.has(slice));
}
