import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

/** One thing to measure. `run` returns its figure once, in the benchmark's unit. */
export interface Contender {
  readonly name: string;
  run(round: number): Promise<number>;
}

export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Median of the pairwise ratios to the first contender, which is the reference. */
  readonly ratio: number;
}

/** A figure of goals beside what was measured. */
export interface Verdict {
  readonly goal: string;
  readonly measured: string;
  readonly isMet: boolean;
}

export interface BenchResult {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly verdicts: readonly Verdict[];
}

export interface Rounds {
  readonly unit: string;
  readonly rounds: number;
  readonly warmups?: number;
}

/** Runs all contenders in turn, A B A B …, so that a drift of the machine meets all of them; the first is the reference. */
export async function interleave(
  settings: Rounds,
  contenders: readonly Contender[],
): Promise<Row[]> {
  const figures = contenders.map((): number[] => []);
  const warmups = settings.warmups ?? 1;
  for (let round = -warmups; round < settings.rounds; round += 1) {
    for (const [i, contender] of contenders.entries()) {
      const figure = await contender.run(round);
      progress(`${contender.name} round ${round}: ${format(figure)} ${settings.unit}`);
      if (round >= 0) figures[i]?.push(figure);
    }
  }
  return contenders.map(({ name }, i) =>
    rowOf({ name, unit: settings.unit }, figures[i] ?? [], figures[0] ?? []),
  );
}

/** Figures of each round beside those of a reference in the same rounds. */
export function rowOf(
  what: Pick<Row, 'name' | 'unit'>,
  figures: readonly number[],
  reference: readonly number[],
): Row {
  return {
    ...what,
    median: median(figures),
    min: Math.min(...figures),
    max: Math.max(...figures),
    ratio: median(figures.map((figure, round) => figure / (reference[round] ?? Number.NaN))),
  };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Nearest-rank quantile; NaN of nothing. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (
    sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? Number.NaN
  );
}

/** A verdict on "at least" or "at most" a figure. */
export function verdict(
  goal: string,
  measured: number,
  limit: { readonly atLeast?: number; readonly atMost?: number },
): Verdict {
  const isMet =
    (limit.atLeast === undefined || measured >= limit.atLeast) &&
    (limit.atMost === undefined || measured <= limit.atMost);
  return { goal, measured: format(measured), isMet };
}

/** Prints the table, writes artifacts/bench/<name>.json. */
export function report(result: BenchResult): void {
  const lines = result.rows.map(
    (row) =>
      `| ${row.name} | ${format(row.median)} | ${format(row.min)} … ${format(row.max)} | ${row.unit} | ${Number.isFinite(row.ratio) ? row.ratio.toFixed(2) : '–'} |`,
  );
  const verdicts = result.verdicts.map(
    ({ goal, measured, isMet }) => `${isMet ? '✓' : '✗'} ${goal}: ${measured}`,
  );
  const head = [
    `### ${result.name}`,
    '| what | median | min … max | unit | ratio |',
    '|---|---|---|---|---|',
  ];
  console.log(['', ...head, ...lines, '', ...verdicts, ''].join('\n'));
  const folder = new URL('../../artifacts/bench/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const machine = {
    cores: cpus().length,
    model: cpus()[0]?.model,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  const at = new Date().toISOString();
  writeFileSync(
    new URL(`${result.name}.json`, folder),
    `${JSON.stringify({ at, machine, ...result }, null, 2)}\n`,
  );
}

export function progress(line: string): void {
  console.error(`  ${line}`);
}

function format(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3);
}
