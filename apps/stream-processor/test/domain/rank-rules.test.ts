import { type Board, scopeSuspected } from '@trending/schemas';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BoardSelection } from '../../src/domain/board-groups.ts';
import type { ControlRecord } from '../../src/domain/control-word.ts';
import { RankState } from '../../src/domain/rank-state.ts';
import type { ControlTable } from '../../src/state/control-table.ts';
import { createControlTable, rankFormulas } from '../../src/tasks/rank-formulas.ts';
import { formulaRecord, suppressRecord, tableOf, withdrawalOf } from '../support/control-words.ts';
import { boardOf, candidateOf, setOf } from '../support/rank-fixtures.ts';

type Words = readonly Omit<ControlRecord, 'offset'>[];

const items = [
  candidateOf('eth:new', { views: 30, viewsPrev: 0 }),
  candidateOf('eth:old', { views: 60, viewsPrev: 60 }),
  candidateOf('sol:mid', { views: 40, viewsPrev: 30 }),
];

/** A ranker in steps: one set of one partition at a time, its boards held as if written. */
class Ranker {
  readonly table: ControlTable;
  readonly held = new Map<string, Board>();
  readonly state: RankState;
  #inputOffset = 0;

  constructor(table: ControlTable, held: ReadonlyMap<string, Board> = new Map(), epoch = 1) {
    this.table = table;
    this.held = new Map(held);
    this.state = new RankState(
      { formulas: rankFormulas, rules: table, partitions: 1, startedAt: 0, epoch },
      held,
    );
  }

  /** The boards that changed at `asOf`; null for deleted ones. */
  step(asOf: number, given: Partial<BoardSelection> = {}) {
    const selection = { window: '1h', all: true, scopes: true, ...given } as const;
    const { window } = selection;
    this.#inputOffset += 1;
    this.state.accept(setOf({ window, asOf, inputOffset: this.#inputOffset, items }), asOf);
    return this.look(selection);
  }

  look(selection: BoardSelection) {
    const changes = this.state.changes(selection);
    for (const { key, ranking } of changes) {
      const board = ranking === null ? null : boardOf(ranking);
      this.state.hold(key, board);
      if (board === null) this.held.delete(key);
      else this.held.set(key, board);
    }
    return new Map(changes.map(({ key, ranking }) => [key, ranking]));
  }

  tokens(key: string) {
    return this.held.get(key)?.items.map(({ token }) => token);
  }
}

const ranker = (...words: Words) => new Ranker(tableOf(words));
/** Only freshness of change counts. */
const changeOnly = {
  viewsWeightMicro: 0,
  changeWeightMicro: 1_000_000,
  freshWeightMicro: 0,
  uniqueWeightMicro: 0,
};

describe('a formula tuned live', () => {
  test('takes all its boards to the new version and ranks at the stated event time', () => {
    const one = ranker(
      formulaRecord('classic', {
        parameters: { ...changeOnly, viewsWeightMicro: 1_000_000, changeWeightMicro: 0 },
      }),
      formulaRecord('classic', { parameters: changeOnly, version: 3, from: 2_000 }),
    );
    one.step(1_999);
    expect(one.tokens('classic|1h|all')).toEqual(['eth:old', 'sol:mid', 'eth:new']);
    one.step(2_000);
    expect(one.tokens('classic|1h|all')).toEqual(['eth:new', 'sol:mid', 'eth:old']);
    for (const key of ['classic|1h|all', 'classic|1h|chain:eth', 'classic|1h|chain:sol'])
      expect(one.held.get(key)?.formula.version, key).toBe(3);
    expect(one.held.get('views|1h|all')?.formula.version).toBe(1);
  });

  test('names the control offset in every board’s cut, once even where nothing else changed', () => {
    const table = createControlTable();
    const one = new Ranker(table);
    one.step(1_000);
    expect(one.step(2_000).size).toBe(0);
    table.apply({ ...formulaRecord('classic', { from: 9_000 }), offset: 0 });
    const changed = one.step(3_000);
    expect(changed.size).toBe(9);
    expect([...changed.values()].map((ranking) => ranking?.controlOffset)).toEqual(
      Array(9).fill(1),
    );
    expect(one.step(4_000).size).toBe(0);
  });

  test('is never half applied: boards made later of the same as-of time keep to the old version', () => {
    const table = createControlTable();
    const one = new Ranker(table);
    one.step(5_000, { scopes: false });
    table.apply({ ...formulaRecord('classic', { parameters: changeOnly }), offset: 0 });
    one.look({ window: '1h', all: false, scopes: true });
    one.step(4_000, { window: '5m' });
    const ofClassic = [...one.held.values()].filter(({ formula }) => formula.id === 'classic');
    expect(ofClassic.map(({ formula }) => formula.version)).toEqual(ofClassic.map(() => 1));
    one.step(5_001);
    expect(one.held.get('classic|1h|chain:eth')?.formula.version).toBe(2);
  });

  test('has one version per as-of time whatever arrives when, over failovers too', () => {
    const step = fc.record({
      asOf: fc.integer({ min: 1, max: 12 }),
      window: fc.constantFrom<'5m' | '1h'>('5m', '1h'),
      part: fc.constantFrom<Omit<BoardSelection, 'window'>>(
        { all: true, scopes: true },
        { all: true, scopes: false },
        { all: false, scopes: true },
        ...[0, 1, 2, 3].map((group) => ({ all: false, scopes: true, group })),
      ),
      says: fc.option(fc.integer({ min: 1, max: 12 })),
      dies: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 15 }), (steps) => {
        const table = createControlTable();
        let one = new Ranker(table);
        for (const [index, { asOf, window, part, says, dies }] of steps.entries()) {
          const word = formulaRecord('classic', { version: index + 2, from: says ?? 0 });
          if (says !== null) table.apply({ ...word, offset: table.offset });
          if (dies) one = new Ranker(table, one.held, index + 2);
          one.step(asOf, { window, ...part });
          for (const name of ['5m', '1h'] as const)
            if (one.state.isOutdated(name)) one.look({ window: name, all: true, scopes: true });
          expect(one.state.isOutdated('5m') || one.state.isOutdated('1h')).toBe(false);
          const held = [...one.held.values()].filter(({ formula }) => formula.id === 'classic');
          const byAsOf = new Map<number, Set<number>>();
          for (const { asOf: at, formula } of held)
            byAsOf.set(at, (byAsOf.get(at) ?? new Set()).add(formula.version));
          for (const [at, found] of byAsOf) expect([...found], `at ${at}`).toHaveLength(1);
        }
      }),
    );
  });

  test('gives the same boards from the same control records, however they came', () => {
    const words = [
      formulaRecord('classic', { parameters: changeOnly, from: 2_000 }),
      formulaRecord('interleave:classic+views', { version: 1 }),
      suppressRecord('eth:old', { from: 3_000 }),
    ];
    const boardsOf = () => {
      const one = ranker(...words);
      return [1_000, 2_000, 3_000].map((asOf) => JSON.stringify([...one.step(asOf)]));
    };
    expect(boardsOf()).toEqual(boardsOf());
    const cut = ranker(...words);
    for (const asOf of [1_000, 2_000, 3_000]) cut.step(asOf);
    const again = ranker(...words, formulaRecord('classic', { version: 9 }));
    expect(again.table.at(3_000, 3).formulas[1]?.ref).toEqual(
      cut.held.get('classic|1h|all')?.formula,
    );
  });
});

describe('a window whose sets rest', () => {
  const whole = { window: '1h', all: true, scopes: true } as const;

  test('takes a word with the next as-of time of any other window, and no time before it', () => {
    const table = createControlTable();
    const one = new Ranker(table);
    one.step(1_000);
    table.apply({ ...suppressRecord('eth:new'), offset: 0 });
    expect(one.state.isOutdated('1h')).toBe(false);
    one.step(2_000, { window: '5m' });
    expect(one.state.isOutdated('1h')).toBe(true);
    one.look(whole);
    expect(one.tokens('views|1h|all')).toEqual(['eth:old', 'sol:mid']);
    expect(one.held.get('views|1h|chain:eth')).toMatchObject({ asOf: 2_000, controlOffset: 1 });
    expect(one.state.isOutdated('1h')).toBe(false);
    expect(one.look(whole).size).toBe(0);
    one.step(1_500);
    expect(one.state.held('views|1h|all')?.asOf).toBe(2_000);
  });

  test('takes a word at the time it named', () => {
    const one = ranker(formulaRecord('classic', { parameters: changeOnly, from: 3_000 }));
    one.step(1_000);
    one.step(2_999, { window: '5m' });
    expect(one.state.isOutdated('1h')).toBe(false);
    one.step(3_000, { window: '5m' });
    expect(one.state.isOutdated('1h')).toBe(true);
    one.look(whole);
    expect(one.held.get('classic|1h|all')).toMatchObject({ asOf: 3_000, formula: { version: 2 } });
  });
});

describe('formulas beside the built-in ones', () => {
  test('have boards of their own, which go when the formula is withdrawn', () => {
    const parameters = { base: 'classic', parameters: changeOnly };
    const one = ranker(
      formulaRecord('classic-b', { parameters, version: 1 }),
      withdrawalOf('formula:classic-b', 7_000),
    );
    one.step(6_999);
    expect(one.tokens('classic-b|1h|all')).toEqual(['eth:new', 'sol:mid', 'eth:old']);
    const changed = one.step(7_000);
    expect([...changed].filter(([, ranking]) => ranking === null).map(([key]) => key)).toEqual([
      'classic-b|1h|all',
      'classic-b|1h|chain:eth',
      'classic-b|1h|chain:sol',
    ]);
    expect(one.held.has('classic-b|1h|all')).toBe(false);
  });

  test('are taken off by the next owner if they were withdrawn while nobody ruled', () => {
    const one = ranker(formulaRecord('b', { parameters: { base: 'views', parameters: {} } }));
    one.step(1_000);
    one.table.apply({ ...withdrawalOf('formula:b', 500), offset: 1 });
    const next = new Ranker(one.table, one.held, 2);
    expect(next.state.orphans().map(({ key }) => key)).toEqual([
      'b|1h|all',
      'b|1h|chain:eth',
      'b|1h|chain:sol',
    ]);
  });

  test('interleaved, name the team of every place and score it as that team does', () => {
    const one = ranker(formulaRecord('interleave:classic+views', { version: 1 }));
    one.step(60_000);
    const board = one.held.get('interleave:classic+views|1h|all');
    expect(board?.formula).toMatchObject({ id: 'interleave:classic+views', version: 1 });
    expect(board?.items.map(({ token }) => token).sort()).toEqual([
      'eth:new',
      'eth:old',
      'sol:mid',
    ]);
    for (const { token, flags, scoreMicro, contributions } of board?.items ?? []) {
      const [team = ''] = flags.map((flag) => flag.replace('team:', ''));
      const own = one.held.get(`${team}|1h|all`)?.items.find((item) => item.token === token);
      expect(own?.scoreMicro, team).toBe(scoreMicro);
      expect(contributions).toEqual(own?.contributions);
    }
    expect(one.held.get('interleave:classic+views|1h|chain:sol')?.items).toHaveLength(1);
  });
});

describe('a token held back', () => {
  const key = `views|1h|${scopeSuspected}`;

  test('leaves every public board at the stated as-of time and stands on the operators’ board', () => {
    const one = ranker(suppressRecord('eth:old', { from: 2_000, parameters: { until: 4_000 } }));
    one.step(1_999);
    expect(one.tokens('views|1h|all')).toEqual(['eth:old', 'sol:mid', 'eth:new']);
    expect(one.held.has(key)).toBe(false);
    one.step(2_000);
    for (const [name, { items: shown }] of one.held)
      if (!name.endsWith(scopeSuspected))
        expect(shown.map(({ token }) => token)).not.toContain('eth:old');
    expect(one.held.get('views|1h|all')?.items.map(({ rank }) => rank)).toEqual([1, 2]);
    expect(one.held.get(key)?.items).toMatchObject([
      { rank: 1, token: 'eth:old', flags: ['held'], rawViews: 60 },
    ]);
    one.step(4_000);
    expect(one.tokens('views|1h|all')).toContain('eth:old');
    expect(one.tokens(key)).toEqual([]);
  });

  test('still counts in the totals: what others score does not change', () => {
    const one = ranker(suppressRecord('eth:old', { from: 2_000 }));
    one.step(1_999);
    const before = one.held.get('classic|1h|all');
    one.step(2_000);
    const after = one.held.get('classic|1h|all');
    expect(after?.totals).toEqual(before?.totals);
    const scores = (board: Board | undefined) =>
      board?.items
        .filter(({ token }) => token !== 'eth:old')
        .map(({ token, scoreMicro }) => [token, scoreMicro]);
    expect(scores(after)).toEqual(scores(before));
  });

  test('does not make way for an item twice, nor on drafted boards', () => {
    const one = ranker(
      formulaRecord('interleave:classic+views', { version: 1 }),
      suppressRecord('eth:old'),
    );
    one.step(1_000);
    expect(one.tokens('interleave:classic+views|1h|all')).toHaveLength(2);
  });
});
