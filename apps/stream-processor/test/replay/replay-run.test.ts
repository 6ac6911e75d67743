import type { Serde } from '@trending/kafka';
import { topicSpecs } from '@trending/kafka';
import { createInMemoryLog, type InMemoryLog } from '@trending/kafka/testing';
import { type Board, topics, type WindowName } from '@trending/schemas';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FoldedView } from '../../src/domain/folded-view.ts';
import type { Formula } from '../../src/domain/formula.ts';
import { onlyFormulas, withFormulas } from '../../src/domain/rules.ts';
import { type ReplaySettings, replay } from '../../src/replay/replay-run.ts';
import { openFeeds } from '../../src/replay/replay-source.ts';
import { CategoryTable } from '../../src/state/category-table.ts';
import { rankFormulaOf, rankFormulas } from '../../src/tasks/rank-formulas.ts';
import { formulaRecord, suppressRecord, tableOf, withdrawalOf } from '../support/control-words.ts';
import {
  type GivenView,
  partitionOfToken,
  viewRecord,
  viewSerde,
} from '../support/view-fixtures.ts';

const partitions = 3;
const minute = 60_000;
/** A pane boundary of every window. */
const start = 1_700_006_400_000;

async function logOf(views: readonly GivenView[]): Promise<InMemoryLog> {
  const log = createInMemoryLog({ topics: topicSpecs({ prefix: '', viewPartitions: partitions }) });
  for (const view of views)
    await log.append(
      { topic: topics.views.name, partition: partitionOfToken(view.token, partitions) },
      [viewRecord(view)],
    );
  return log;
}

async function replayed(log: InMemoryLog, given: Partial<ReplaySettings> = {}): Promise<Board[]> {
  const settings: ReplaySettings = {
    from: undefined,
    to: undefined,
    everyMs: minute,
    windows: ['5m'],
    formulas: rankFormulas,
    scopes: undefined,
    epoch: 0,
    ...given,
  };
  const { feeds } = await openFeeds(log, viewSerde as Serde<FoldedView>, {
    topic: topics.views.name,
    from: settings.from,
    isLive: true,
  });
  const boards: Board[] = [];
  const target = {
    write: async (_key: string, board: Board) => void boards.push(board),
    finish: async () => ({ into: 'memory' }),
    abandon: async () => undefined,
  };
  const categories = new CategoryTable();
  await replay(settings, { feeds, categories, target, progressed: () => undefined });
  return boards;
}

const shown = (boards: readonly Board[]) =>
  boards
    .filter(({ formula, scope }) => formula.id === 'views' && scope === 'all')
    .map(({ asOf, items }) => [
      (asOf - start) / minute,
      Object.fromEntries(items.map(({ token, rawViews }) => [token, rawViews])),
    ]);

const view = (token: string, minutes: number, id: number): GivenView => ({
  token,
  viewedAt: start + minutes * minute,
  visitor: id,
  id,
});

describe('a replay', () => {
  test('makes the boards of every step from the views before it', async () => {
    const log = await logOf([view('eth:a', 0.5, 1), view('eth:b', 0.9, 2), view('eth:a', 1.5, 3)]);
    expect(shown(await replayed(log))).toEqual([
      [1, { 'eth:a': 1, 'eth:b': 1 }],
      [2, { 'eth:a': 2, 'eth:b': 1 }],
    ]);
  });

  test('has a view exactly at its time on its boards', async () => {
    const log = await logOf([view('eth:a', 1, 1), view('eth:a', 2, 2)]);
    expect(shown(await replayed(log))).toEqual([
      [1, { 'eth:a': 1 }],
      [2, { 'eth:a': 2 }],
    ]);
  });

  test('lets views leave the window as its time moves on', async () => {
    const log = await logOf([view('eth:a', 0.5, 1), view('eth:a', 9.5, 2)]);
    const steps = shown(await replayed(log));
    expect(steps[0]).toEqual([1, { 'eth:a': 1 }]);
    expect(steps).toContainEqual([6, {}]);
    expect(steps.at(-1)).toEqual([10, { 'eth:a': 1 }]);
  });

  test('obeys operators’ words at their event time, and gives the same bytes again', async () => {
    const log = await logOf([0.5, 1.5, 2.5, 3.5].map((at, id) => view('eth:a', at, id)));
    const rules = tableOf([
      formulaRecord('views', { parameters: { minViews: 3 }, from: start + 2 * minute }),
      formulaRecord('views-b', { parameters: { base: 'views', parameters: {} } }),
      withdrawalOf('formula:views-b', start + 3 * minute),
      suppressRecord('eth:a', { from: start + 4 * minute }),
    ]);
    const boards = await replayed(log, { rules });
    expect(shown(boards)).toEqual([
      [1, { 'eth:a': 1 }],
      [2, {}],
      [3, { 'eth:a': 3 }],
      [4, {}],
    ]);
    const views = boards.filter(({ formula, scope }) => formula.id === 'views' && scope === 'all');
    expect(views.map(({ formula, controlOffset }) => [formula.version, controlOffset])).toEqual([
      [1, 4],
      [2, 4],
      [2, 4],
      [2, 4],
    ]);
    const added = boards.filter(
      ({ formula, scope }) => formula.id === 'views-b' && scope === 'all',
    );
    expect(added.map(({ asOf }) => (asOf - start) / minute)).toEqual([1, 2]);
    expect(JSON.stringify(await replayed(log, { rules }))).toBe(JSON.stringify(boards));
    const only = await replayed(log, { rules: onlyFormulas(rules, ['views-b']) });
    expect(new Set(only.map(({ formula }) => formula.id))).toEqual(new Set(['views-b']));
  });

  test('ranks by other formulas beside those in force, or in the place of one', async () => {
    const log = await logOf([0.5, 1.5].map((at, id) => view('eth:a', at, id)));
    const tried = (given: Partial<Formula>) =>
      rankFormulaOf({ id: 'views', version: 9, parameters: { minViews: 2 }, ...given });
    const replaced = await replayed(log, { rules: withFormulas(tableOf([]), [tried({})]) });
    expect(shown(replaced)).toEqual([
      [1, {}],
      [2, { 'eth:a': 2 }],
    ]);
    const beside = tried({ id: 'views-b', base: 'views' });
    const both = await replayed(log, { rules: withFormulas(tableOf([]), [beside]) });
    const ids = both.filter(({ scope }) => scope === 'all').map(({ formula }) => formula.id);
    expect(new Set(ids)).toEqual(new Set(['views', 'classic', 'trending', 'views-b']));
  });

  test('leaps over days without views', async () => {
    const days = 30 * 24 * 60;
    const log = await logOf([view('eth:a', 0.5, 1), view('eth:a', days + 0.5, 2)]);
    let steps = 0;
    const { feeds } = await openFeeds(log, viewSerde as Serde<FoldedView>, {
      topic: topics.views.name,
      from: undefined,
      isLive: false,
    });
    const windows: WindowName[] = ['5m'];
    const target = {
      write: async () => undefined,
      finish: async () => ({ into: '' }),
      abandon: async () => undefined,
    };
    const result = await replay(
      {
        from: undefined,
        to: undefined,
        everyMs: minute,
        windows,
        formulas: rankFormulas,
        scopes: undefined,
        epoch: 0,
      },
      {
        feeds,
        categories: new CategoryTable(),
        target,
        progressed: () => {
          steps += 1;
        },
      },
    );
    expect(result.lastAsOf).toBe(start + (days + 1) * minute);
    expect(steps).toBeLessThan(4_000);
  });

  test('counts what stands behind a view from the future late, but loses nothing', async () => {
    const log = await logOf([view('eth:a', 3.5, 1), view('eth:a', 0.5, 2), view('eth:a', 3.6, 3)]);
    expect(shown(await replayed(log)).at(-1)).toEqual([4, { 'eth:a': 3 }]);
  });

  test('begins and ends when told, with the views before the beginning in its windows', async () => {
    const log = await logOf([0.5, 1.5, 2.5, 3.5].map((at, id) => view('eth:a', at, id)));
    const boards = await replayed(log, { from: start + 2 * minute, to: start + 3 * minute });
    expect(shown(boards)).toEqual([
      [2, { 'eth:a': 2 }],
      [3, { 'eth:a': 3 }],
    ]);
  });

  test('of an empty log makes no boards', async () => {
    expect(await replayed(await logOf([]))).toEqual([]);
  });

  test('writes only the scopes asked for', async () => {
    const log = await logOf([view('eth:a', 0.5, 1), view('sol:b', 0.6, 2)]);
    const scopes = new Set((await replayed(log, { scopes: ['chain:sol'] })).map((b) => b.scope));
    expect(scopes).toEqual(new Set(['chain:sol']));
  });

  test('passes over records that are no views', async () => {
    const log = await logOf([]);
    const target = { topic: topics.views.name, partition: 0 };
    await log.append(target, [{ key: 'eth:a', value: new Uint8Array([1]) }]);
    await log.append(target, [{ key: 'eth:a', value: null }]);
    await log.append(target, [viewRecord(view('eth:a', 0.5, 1))]);
    expect(shown(await replayed(log))).toEqual([[1, { 'eth:a': 1 }]]);
  });

  const sites = fc.array(
    fc.record({
      token: fc.constantFrom('eth:a', 'eth:b', 'sol:c', 'sol:d'),
      viewedAt: fc.integer({ min: start + 1, max: start + 12 * minute }),
      visitor: fc.nat(1_000_000),
    }),
    { maxLength: 60 },
  );

  test('gives the same bytes every time', async () => {
    await fc.assert(
      fc.asyncProperty(sites, async (site) => {
        const log = await logOf(site.map((given, id) => ({ ...given, id })));
        const [one, two] = [await replayed(log), await replayed(log)];
        expect(JSON.stringify(two)).toBe(JSON.stringify(one));
      }),
      { numRuns: 15 },
    );
  });

  test('counts as a naive count of the window does', async () => {
    await fc.assert(
      fc.asyncProperty(sites, async (site) => {
        const ordered = site
          .toSorted((a, b) => a.viewedAt - b.viewedAt)
          .map((given, id) => ({ ...given, visitor: id, id }));
        for (const [minutes, counts] of shown(await replayed(await logOf(ordered)))) {
          const asOf = start + Number(minutes) * minute;
          const inWindow = ordered.filter(
            (v) => v.viewedAt >= asOf - 5 * minute && v.viewedAt <= asOf,
          );
          const naive: Record<string, number> = {};
          for (const { token } of inWindow) naive[token] = (naive[token] ?? 0) + 1;
          expect(counts).toEqual(naive);
        }
      }),
      { numRuns: 25 },
    );
  });
});
