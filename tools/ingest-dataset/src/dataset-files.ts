import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type CountSeries, DatasetError, parseSeries } from './count-series.ts';

/** Reads every series at a path: one CSV file, a folder of them, or a folder with `realTweets` in it. */
export async function readDataset(path: string): Promise<CountSeries[]> {
  if (!existsSync(path)) throw new DatasetError(`${path} does not exist`);
  if ((await stat(path)).isFile()) return [await readSeries(path)];
  const inner = join(path, 'realTweets');
  const folder = existsSync(inner) ? inner : path;
  const names = (await readdir(folder)).filter((name) => name.endsWith('.csv')).sort();
  if (names.length === 0) throw new DatasetError(`${folder} has no CSV files`);
  return Promise.all(names.map((name) => readSeries(join(folder, name))));
}

/** How far an earlier run with this file and the same data came; 0 without one. */
export async function readProgress(file: string | undefined, dataset: string): Promise<number> {
  if (file === undefined || !existsSync(file)) return 0;
  const { dataset: known, views } = JSON.parse(await readFile(file, 'utf8'));
  if (known === dataset && Number.isSafeInteger(views)) return views;
  throw new DatasetError(`${file} belongs to other data: give another --resume file`);
}

export async function writeProgress(
  file: string | undefined,
  dataset: string,
  views: number,
): Promise<void> {
  if (file !== undefined) await writeFile(file, `${JSON.stringify({ dataset, views })}\n`);
}

/** Names the views: the same data on the same chain make the same ones. */
export function datasetHash(series: readonly CountSeries[], chain: string): string {
  return createHash('sha256').update(JSON.stringify({ chain, series })).digest('hex');
}

async function readSeries(path: string): Promise<CountSeries> {
  return parseSeries(basename(path), await readFile(path, 'utf8'));
}
