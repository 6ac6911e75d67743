import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Verdict } from '../oracle/oracle.ts';
import type { Kind, Plan, Target } from './targets.ts';

export interface PlanLine extends Plan {
  readonly type: 'plan';
  readonly prefix: string;
}

export interface KillLine {
  readonly type: 'kill';
  readonly index: number;
  /** Kills with the same number overlapped. */
  readonly group: number;
  readonly target: Target;
  readonly service: string;
  readonly kind: Kind;
  readonly at: string;
  /** From the signal to a fresh board, or for sink and clickhouse to fresh history, ms; null: not within the limit. */
  readonly recoveryMs: number | null;
  /** From the signal to the end of the process, ms; null: it did not end. */
  readonly goneMs: number | null;
  /** From the signal to its successor being ready, ms; null: there was none. */
  readonly backMs: number | null;
  /** From the signal to all services ready, ms. */
  readonly readyMs: number;
}

export interface VerdictLine extends Verdict {
  readonly type: 'verdict';
  readonly at: string;
  /** Kills before it. */
  readonly kills: number;
}

export type ResultLine = PlanLine | KillLine | VerdictLine;

/** Results of a run, one JSON object a line, so that a run can be stopped and resumed at any moment. */
export class ResultFile {
  readonly path: string;
  readonly lines: ResultLine[];

  constructor(path: string) {
    this.path = path;
    this.lines = existsSync(path) ? linesOf(readFileSync(path, 'utf8')) : [];
  }

  get plan(): PlanLine | undefined {
    return this.lines.find((line) => line.type === 'plan');
  }

  get kills(): KillLine[] {
    return this.lines.filter((line) => line.type === 'kill');
  }

  get verdicts(): VerdictLine[] {
    return this.lines.filter((line) => line.type === 'verdict');
  }

  add(line: ResultLine): void {
    this.lines.push(line);
    appendFileSync(this.path, `${JSON.stringify(line)}\n`);
  }
}

/** A line cut short by the end of its process is left out. */
function linesOf(text: string): ResultLine[] {
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as ResultLine];
    } catch {
      return [];
    }
  });
}
