import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { triedFormula } from '../../src/control/formula-file.ts';
import { noHistory } from '../../src/domain/site-history.ts';
import { rankFormulas } from '../../src/tasks/rank-formulas.ts';
import { runWhatIf, type StepSource } from '../../src/what-if/command.ts';
import { whatIfHtml } from '../../src/what-if/html-report.ts';
import { type WhatIfOptions, whatIfOptions } from '../../src/what-if/options.ts';
import { whatIfText } from '../../src/what-if/report.ts';
import type { Step } from '../../src/what-if/what-if.ts';
import { candidateOf } from '../support/rank-fixtures.ts';

const now = Date.parse('2026-01-31T12:00:00Z');
const options = (...args: string[]): WhatIfOptions => {
  const found = whatIfOptions(['--formula', 'f.json', ...args], now);
  if (found === 'help') throw new Error('help');
  return found;
};

/** The young token has fewer views and all of them new. */
function stepAt(asOf: number, given: Partial<Step> = {}): Step {
  const items = [
    candidateOf('eth:<old>', { views: 60, viewsPrev: 60 }),
    candidateOf('eth:young', { views: 30, viewsPrev: 0 }),
    candidateOf('sol:mid', { views: 40, viewsPrev: 30 }),
  ];
  return {
    ...{ asOf, items, candidates: items.length, held: [] },
    formulas: rankFormulas.map(({ text }) => text),
    totals: { tokens: 3, views: 130, effective: 130_000_000 },
    site: noHistory,
    ...given,
  };
}

const sourceOf = (...steps: Step[]): StepSource => ({
  async *steps() {
    yield* steps;
  },
});

const byViews =
  '{"id":"classic","version":2,"parameters":{"viewsWeightMicro":1000000,"changeWeightMicro":0,"freshWeightMicro":0,"uniqueWeightMicro":0}}';
const byChange = byViews
  .replace('"viewsWeightMicro":1000000', '"viewsWeightMicro":0')
  .replace('"changeWeightMicro":0', '"changeWeightMicro":1000000');

const ask = (file: string, source: StepSource, asked = options()) =>
  runWhatIf(asked, { source, readFile: () => file, terminal: new PassThrough() });

describe('npm run what-if', () => {
  test('shows no difference for the formula that was in force', async () => {
    const result = await ask('{"id":"classic","parameters":{}}', sourceOf(stepAt(1), stepAt(2)));
    expect(result).toMatchObject({
      ...{ against: 'classic', versions: [1], cut: 0 },
      total: { steps: 2, unchanged: 2, overlap: 1, rbo: 1, entrants: [], moves: [] },
    });
  });

  test('compares with the served formula of the same id, else with that of its base', async () => {
    const tried = byChange.replace('"id":"classic"', '"id":"mine","base":"classic"');
    const result = await ask(tried, sourceOf(stepAt(1)), options('--limit', '1'));
    expect(result).toMatchObject({ against: 'classic', tried: { id: 'mine' } });
    const two = await ask(byViews, sourceOf(stepAt(1)), options('--against', 'views'));
    expect(two).toMatchObject({ against: 'views', total: { rbo: 1 } });
  });

  test('follows the versions that were in force, and says which', async () => {
    const later = rankFormulas.map(({ text }) => text.replace('"version":1', '"version":3'));
    const source = sourceOf(stepAt(1), stepAt(2, { formulas: later }));
    expect((await ask(byViews, source)).versions).toEqual([1, 3]);
  });

  test('names entrants, leavers and moves at the looks where they are', async () => {
    const against = options('--against', 'views', '--limit', '2');
    const result = await ask(byChange, sourceOf(stepAt(60_000)), against);
    expect(result.steps).toMatchObject([
      { at: 60_000, entrants: ['eth:young'], leavers: ['eth:<old>'], overlap: 0.5 },
    ]);
    expect(result.total.moves).toMatchObject([{ token: 'eth:young', from: 3, to: 1, at: 60_000 }]);
  });

  test('leaves out what was held, and says where not every token is remembered', async () => {
    const step = stepAt(1, { held: ['eth:<old>'], candidates: 9 });
    const result = await ask(byChange, sourceOf(step), options('--against', 'views'));
    expect(JSON.stringify(result)).not.toContain('<old>');
    expect(result.cut).toBe(1);
    expect(whatIfText(result, options())).toContain('at 1 looks not every token was remembered');
  });

  test('limits itself to a scope', async () => {
    const asked = options('--scope', 'chain:sol', '--against', 'views');
    const result = await ask(byChange, sourceOf(stepAt(1)), asked);
    expect(result.total).toMatchObject({ steps: 1, rbo: 1 });
  });

  test('tells a person and a page the same', async () => {
    const asked = options('--against', 'views', '--limit', '2');
    const result = await ask(byChange, sourceOf(stepAt(0), stepAt(300_000)), asked);
    const text = whatIfText(result, asked);
    expect(text).toContain('classic version 2 instead of views version 1: first 2 of 1h all');
    expect(text).toContain('overlap 50.0 %');
    expect(text).toMatch(/would come in\n {2}eth:young {2}at 2 looks/);
    const html = whatIfHtml(result, asked);
    expect(html).toContain('eth:&lt;old>');
    expect(html).toContain('Overlap 50.0 %');
    expect(html.match(/<path class="rbo" d="M[^"]+L/g)).toHaveLength(1);
  });

  test.each([
    ['{"id":"classic","parameters":{"bogus":1}}', /no parameter "bogus"/],
    ['{"id":"mine","parameters":{}}', /no formula "mine" to build on/],
    ['{"id":"interleave:a+b","parameters":{}}', /drafted board has no scores/],
  ])('refuses %s as npm run control would', (file, problem) => {
    expect(() => triedFormula(file, 'f.json')).toThrow(problem);
  });

  test('refuses a range without features, and a formula that was not served', async () => {
    await expect(ask(byViews, sourceOf())).rejects.toThrow('no features are remembered');
    await expect(ask(byViews, sourceOf(stepAt(0)), options('--against', 'gone'))).rejects.toThrow(
      'gone was not served at 1970-01-01T00:00:00.000Z: there were views, classic, trending',
    );
  });
});

describe('its options', () => {
  test('default to the last day of the 1h board, every five minutes', () => {
    expect(options()).toMatchObject({
      ...{ from: now - 86_400_000, to: now, everyMs: 300_000, window: '1h', scope: 'all' },
      ...{ limit: 20, json: false },
    });
  });

  test.each([
    [['--from', '2026-02-01T00:00:00Z'], /is not after/],
    [['--every', '10s'], /whole minutes/],
    [['--every', '1m', '--from', '100d'], /more than 100000 looks/],
    [['--window', '2h'], /known are/],
    [['--scope', 'suspected'], /give all/],
    [['--limit', '101'], /1 to 100/],
    [['--from', 'then'], /give ISO 8601/],
    [['--bogus'], /bogus/],
  ])('refuse %j', (args, problem) => {
    expect(() => options(...args)).toThrow(problem);
    expect(() => whatIfOptions([], now)).toThrow('--formula FILE');
  });
});
