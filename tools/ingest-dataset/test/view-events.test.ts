import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CountSeries, viewsIn } from '../src/count-series.ts';
import { intervalMs, viewEvents } from '../src/view-events.ts';

const chain = 'nab';
const series = (ticker: string, ...rows: [number, number][]): CountSeries => ({
  ticker,
  rows: rows.map(([at, count]) => ({ at, count })),
});

const datasets = fc
  .uniqueArray(fc.constantFrom('A', 'B', 'C', 'D'), { maxLength: 4 })
  .chain((tickers) =>
    fc.tuple(
      ...tickers.map((ticker) =>
        fc
          .array(fc.integer({ min: 0, max: 7 }), { maxLength: 6 })
          .map((counts) =>
            series(ticker, ...counts.map((c, i): [number, number] => [i * intervalMs, c])),
          ),
      ),
    ),
  );

describe('views of count series', () => {
  test('are spread over their five minutes', () => {
    const views = [...viewEvents([series('AAPL', [1_000, 4])], { chain })];
    expect(views.map(({ viewedAt }) => viewedAt)).toEqual([38_500, 113_500, 188_500, 263_500]);
  });

  test('are merged by time, ties by ticker', () => {
    const views = viewEvents(
      [series('B', [0, 1], [intervalMs, 2]), series('A', [0, 1], [intervalMs, 1])],
      { chain },
    );
    expect([...views].map(({ address, viewedAt }) => `${address} ${viewedAt}`)).toEqual([
      'A 150000',
      'B 150000',
      'B 375000',
      'A 450000',
      'B 525000',
    ]);
  });

  test('are as many as counted, in order, each with an id of its own, in the interval they count for', () => {
    fc.assert(
      fc.property(datasets, (given) => {
        const views = [...viewEvents(given, { chain })];
        expect(views).toHaveLength(viewsIn(given));
        expect(new Set(views.map(({ eventId }) => eventId)).size).toBe(views.length);
        const times = views.map(({ viewedAt }) => Number(viewedAt));
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        for (const { ticker, rows } of given) {
          for (const { at, count } of rows) {
            const inRow = views.filter(
              (v) =>
                v.address === ticker &&
                Number(v.viewedAt) >= at &&
                Number(v.viewedAt) < at + intervalMs,
            );
            expect(inRow).toHaveLength(count);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('are the same every time, whatever order the files came in', () => {
    fc.assert(
      fc.property(datasets, (given) => {
        expect([...viewEvents(given.toReversed(), { chain })]).toEqual([
          ...viewEvents(given, { chain }),
        ]);
      }),
      { numRuns: 30 },
    );
  });

  test('come from visitors of a pool, each on one network of their own', () => {
    const views = [...viewEvents([series('A', [0, 3_000])], { chain })];
    const networks = new Map(views.map(({ viewer, network }) => [viewer, network]));
    for (const { viewer, network } of views) expect(networks.get(viewer)).toBe(network);
    expect(new Set(networks.values()).size).toBe(networks.size);
    for (const viewer of networks.keys())
      expect(Number(viewer?.replace('dataset-', ''))).toBeLessThan(400_000);
  });

  test('have ids that any producer takes as UUIDs', () => {
    const [view] = viewEvents([series('AAPL', [0, 1])], { chain });
    expect(view?.eventId).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });
});
