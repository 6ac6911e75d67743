import { hash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { asError } from '@trending/runtime/errors';
import { UsageError } from '@trending/runtime/usage';
import { textOfGiven } from '../../control/given-file.ts';
import { fullWeightMicro } from '../../domain/counting-rules.ts';
import type { ViewEvent } from '../view-event.ts';

/** Counts of one ticker every five minutes, and the times that people marked as unusual; ms. */
export interface NabSeries {
  readonly ticker: string;
  readonly points: readonly { readonly at: number; readonly count: number }[];
  readonly windows: readonly (readonly [number, number])[];
}

const stepMs = 300_000;
const visitors = 400_000;

type Labels = Readonly<Record<string, readonly (readonly [string, string])[]>>;

/** The series of a copy of NAB's realTweets with its `combined_windows.json`, by ticker. @throws UsageError saying what is wrong where. */
export function readNab(dir: string): NabSeries[] {
  const labels = labelsIn(path.join(dir, 'combined_windows.json'));
  const folder = path.join(dir, 'realTweets');
  return tablesIn(folder).map((name) => ({
    ticker: /_([A-Z]+)\.csv$/.exec(name)?.[1] ?? name,
    points: pointsIn(path.join(folder, name)),
    windows: (labels[`realTweets/${name}`] ?? labels[name] ?? []).map(
      ([start, end]) => [timeOf(start), timeOf(end)] as const,
    ),
  }));
}

function labelsIn(file: string): Labels {
  const text = textOfGiven(file);
  try {
    return JSON.parse(text) as Labels;
  } catch (error) {
    throw new UsageError(`${file} is no JSON: ${asError(error).message}`);
  }
}

function tablesIn(folder: string): string[] {
  const names = namesIn(folder).filter((name) => name.endsWith('.csv'));
  if (names.length > 0) return names.sort();
  throw new UsageError(`${folder} has no *.csv: give --data the folder that realTweets is in`);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw new UsageError(asError(error).message);
  }
}

function pointsIn(file: string): NabSeries['points'] {
  const lines = textOfGiven(file).trim().split('\n').slice(1);
  return lines.map((line, index) => {
    const [at = '', count = ''] = line.split(',');
    const point = { at: timeOf(at), count: Number(count) };
    if (Number.isNaN(point.at) || !/^\s*\d+(\.0*)?\s*$/.test(count))
      throw new UsageError(
        `${file}, line ${index + 2}: give timestamp,value as 2015-02-26 21:42:53,104, not ${line}`,
      );
    return point;
  });
}

function timeOf(text: string): number {
  return Date.parse(`${text.trim().slice(0, 19).replace(' ', 'T')}Z`);
}

/** Every mention as a view, in order of time: spread evenly over its five minutes, from one of 400,000 visitors with a network each. */
export function* nabViews(series: readonly NabSeries[]): Generator<ViewEvent> {
  const steps = Math.max(...series.map(({ points }) => points.length));
  for (let i = 0; i < steps; i += 1) {
    const events = series.flatMap((one) => [...viewsOf(one, i)]);
    yield* events.sort((a, b) => a.timestamp - b.timestamp);
  }
}

function* viewsOf({ ticker, points }: NabSeries, index: number): Generator<ViewEvent> {
  const point = points[index];
  if (point === undefined) return;
  for (let k = 0; k < point.count; k += 1) {
    const viewedAt = point.at + Math.floor(((k + 0.5) * stepMs) / point.count);
    const id = hash('sha256', `${ticker} ${point.at} ${k}`, 'buffer');
    const viewer = Buffer.alloc(8);
    viewer.writeUInt32LE(id.readUInt32LE(16) % visitors, 0);
    const network = Buffer.from(viewer);
    const view = {
      eventId: id.subarray(0, 16),
      chain: 'nab',
      token: `nab:${ticker}`,
      viewer,
      network,
      viewedAt,
      receivedAt: viewedAt,
      source: 'web',
      country: null,
      weightMicro: fullWeightMicro,
      flags: 0,
    };
    yield { view, timestamp: viewedAt };
  }
}
