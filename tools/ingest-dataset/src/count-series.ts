/** Counts of one token over time. */
export interface CountSeries {
  readonly ticker: string;
  readonly rows: readonly CountRow[];
}

export interface CountRow {
  /** Start of the interval, ms. */
  readonly at: number;
  readonly count: number;
}

/** What is wrong with a file, for the person who gave it. */
export class DatasetError extends Error {}

/** Most views one row may stand for: a larger count is a wrong column. */
const countMax = 10_000_000;

/** `Twitter_volume_AAPL.csv` → `AAPL`. */
export function tickerOf(fileName: string): string {
  const base = fileName.replace(/\.csv$/i, '');
  return base.slice(base.lastIndexOf('_') + 1);
}

/**
 * Reads `timestamp,value` lines; times are `YYYY-MM-DD HH:MM:SS` in UTC, rising.
 * @throws DatasetError naming file and line.
 */
export function parseSeries(fileName: string, text: string): CountSeries {
  const [header, ...lines] = text.trimEnd().split(/\r?\n/);
  if (header?.trim() !== 'timestamp,value')
    throw new DatasetError(`${fileName}: the first line is not "timestamp,value"`);
  const rows = lines.map((line, index) => parseRow(line, `${fileName}:${index + 2}`));
  rows.forEach(({ at }, index) => {
    if (index > 0 && at <= (rows[index - 1]?.at ?? 0))
      throw new DatasetError(`${fileName}:${index + 2}: the time does not rise`);
  });
  return { ticker: tickerOf(fileName), rows };
}

export function viewsIn(series: readonly CountSeries[]): number {
  return series.reduce((sum, { rows }) => rows.reduce((all, { count }) => all + count, sum), 0);
}

function parseRow(line: string, where: string): CountRow {
  const [, time, value] = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),(\d+)$/.exec(line.trim()) ?? [];
  const at = Date.parse(`${time?.replace(' ', 'T')}Z`);
  const count = Number(value);
  if (Number.isNaN(at) || !(count <= countMax))
    throw new DatasetError(`${where}: "${line}" is not "YYYY-MM-DD HH:MM:SS,count"`);
  return { at, count };
}
