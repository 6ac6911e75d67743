import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ControlTable, formulasMax } from '../../src/state/control-table.ts';
import { createControlTable, rankFormulas } from '../../src/tasks/rank-formulas.ts';
import { formulaRecord, suppressRecord, tableOf, withdrawalOf } from '../support/control-words.ts';

/** id@version of every formula in force. */
const inForce = (table: ControlTable, asOf: number, offset = table.offset) => {
  const { formulas, interleaves } = table.at(asOf, offset);
  return [...formulas, ...interleaves].map(({ ref }) => `${ref.id}@${ref.version}`);
};
const builtIn = ['views@1', 'classic@1', 'trending@7'];
const heldAt = (table: ControlTable, asOf: number) => [...table.at(asOf, table.offset).held];

describe('formulas in force', () => {
  test('are the built-in ones while nobody said anything', () => {
    const rules = createControlTable().at(5, 0);
    expect(rules.formulas.map(({ ref }) => ref)).toEqual(rankFormulas.map(({ ref }) => ref));
    expect(rules.controlOffset).toBe(0);
  });

  test('change exactly at the event time of the record', () => {
    const table = tableOf([formulaRecord('views', { parameters: { minViews: 5 }, from: 100 })]);
    expect(inForce(table, 99)).toEqual(builtIn);
    expect(inForce(table, 100)).toEqual(['views@2', 'classic@1', 'trending@7']);
    const [before, after] = [99, 100].map((at) => table.at(at, 1).formulas[0]?.ref.hash);
    expect(before).not.toBe(after);
  });

  test('do not know records at or behind the control offset', () => {
    const table = tableOf([formulaRecord('views', {}), formulaRecord('views', { version: 3 })]);
    expect([0, 1, 2].map((offset) => inForce(table, 10, offset)[0])).toEqual([
      'views@1',
      'views@2',
      'views@3',
    ]);
  });

  test('are those of the last record written whose time has come: a later one replaces what was planned', () => {
    const table = tableOf([
      formulaRecord('views', { version: 2, from: 1_000 }),
      formulaRecord('views', { version: 3, from: 500 }),
    ]);
    expect([499, 500, 1_000].map((at) => inForce(table, at)[0])).toEqual([
      'views@1',
      'views@3',
      'views@3',
    ]);
  });

  test('go back to the built-in one from the time stamp of a null value', () => {
    const table = tableOf([formulaRecord('views', {}), withdrawalOf('formula:views', 700)]);
    expect([699, 700].map((at) => inForce(table, at)[0])).toEqual(['views@2', 'views@1']);
  });

  test('may have new ids on a known base; a null value ends them', () => {
    const parameters = { base: 'trending', parameters: { supportVisitors: 20 } };
    const table = tableOf([
      formulaRecord('trending-b', { parameters, version: 1 }),
      withdrawalOf('formula:trending-b', 50),
    ]);
    expect(inForce(table, 49)).toEqual([...builtIn, 'trending-b@1']);
    expect(inForce(table, 50)).toEqual(builtIn);
    const text = table.at(49, 1).formulas[3]?.text ?? '';
    expect(JSON.parse(text)).toMatchObject({ base: 'trending', id: 'trending-b' });
    expect(JSON.parse(text).parameters.supportVisitors).toBe(20);
  });

  test('are bounded: those written last are not served', () => {
    const many = Array.from({ length: 7 }, (_, index) =>
      formulaRecord(`b${index}`, { parameters: { base: 'views', parameters: {} } }),
    );
    const table = tableOf(many);
    expect(inForce(table, 1)).toHaveLength(formulasMax);
    expect(inForce(table, 1).slice(3)).toEqual(['b0@2', 'b1@2', 'b2@2', 'b3@2', 'b4@2']);
    expect(table.standings(1, table.offset)).toHaveLength(10);
  });

  test('interleave two of them, under a hash that changes with either', () => {
    const pair = formulaRecord('interleave:classic+trending', { version: 1 });
    const table = tableOf([pair, formulaRecord('trending', { from: 10, version: 8 })]);
    expect(inForce(table, 5)).toEqual([...builtIn, 'interleave:classic+trending@1']);
    const hashes = [5, 10].map((at) => table.at(at, 2).interleaves[0]?.ref.hash);
    expect(hashes[0]).not.toBe(hashes[1]);
    expect(table.at(5, 2).interleaves[0]?.teams.map(({ ref }) => ref.id)).toEqual([
      'classic',
      'trending',
    ]);
  });

  test('leave out an interleaving whose team is not in force', () => {
    const table = tableOf([formulaRecord('interleave:classic+gone', { version: 1 })]);
    expect(inForce(table, 5)).toEqual(builtIn);
  });

  test('are the same from any reader of the same records, whatever was asked before', () => {
    const record = fc.record({
      version: fc.integer({ min: 1, max: 5 }),
      from: fc.nat(20),
      id: fc.constantFrom('views', 'trending', 'b', 'interleave:views+b'),
      isNull: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 12 }), fc.array(fc.nat(22)), (words, asked) => {
        const records = words.map(({ id, version, from, isNull }) => {
          if (isNull) return withdrawalOf(`formula:${id}`, from);
          const parameters = id === 'b' ? { base: 'views', parameters: {} } : {};
          return formulaRecord(id, { version, from, parameters });
        });
        const used = tableOf(records);
        for (const asOf of asked) {
          for (const offset of [0, Math.floor(words.length / 2), words.length]) {
            const fresh = tableOf(records.slice(0, offset));
            expect(inForce(used, asOf, offset)).toEqual(inForce(fresh, asOf, offset));
          }
        }
      }),
    );
  });
});

describe('held tokens', () => {
  test('are held from an event time, until another', () => {
    const table = tableOf([suppressRecord('eth:bad', { from: 10, parameters: { until: 20 } })]);
    expect([9, 10, 19, 20].map((at) => heldAt(table, at).length)).toEqual([0, 1, 1, 0]);
  });

  test('stay held without an end, until they are released or the record is withdrawn', () => {
    const held = suppressRecord('eth:bad', { from: 10 });
    const released = suppressRecord('eth:bad', { from: 30, parameters: { release: true } });
    expect([1_000, 29, 30].map((at) => heldAt(tableOf([held, released]), at).length)).toEqual([
      0, 1, 0,
    ]);
    const withdrawn = tableOf([held, withdrawalOf('suppress:eth:bad', 40)]);
    expect([39, 40].map((at) => heldAt(withdrawn, at).length)).toEqual([1, 0]);
  });
});

describe('a bad record', () => {
  test.each([
    ['a kind nobody knows', { ...formulaRecord('views', {}), key: 'mood:views' }, /value is of/],
    ['a key without a kind', { ...withdrawalOf('views', 1) }, /key of kind ""/],
    [
      'a key that is not the value’s',
      { ...formulaRecord('a', {}), key: 'formula:b' },
      /value is of/,
    ],
    ['parameters that are no JSON', formulaRecord('views', { parameters: '{' }), /no JSON object/],
    ['parameters that are a list', formulaRecord('views', { parameters: [] }), /no JSON object/],
    ['an unknown parameter', formulaRecord('views', { parameters: { x: 1 } }), /no parameter "x"/],
    ['a new id without a base', formulaRecord('fancy', {}), /no formula "fancy" to build on/],
    [
      'a base for a built-in id',
      formulaRecord('views', { parameters: { base: 'classic' } }),
      /built in/,
    ],
    [
      'something beside the base',
      formulaRecord('b', { parameters: { base: 'views', x: 1 } }),
      /"x" beside/,
    ],
    ['an id in capitals', formulaRecord('Views', {}), /lower case/],
    ['version 0', formulaRecord('views', { version: 0 }), /version must be/],
    ['one formula with itself', formulaRecord('interleave:a+a', {}), /not a with itself/],
    [
      'parameters of an interleaving',
      formulaRecord('interleave:a+b', { parameters: { x: 1 } }),
      /no parameters/,
    ],
    ['no token', suppressRecord('bad'), /chain:address/],
    ['an until that is no time', suppressRecord('eth:a', { parameters: { until: 'x' } }), /until/],
    [
      'an unknown word of a suppression',
      suppressRecord('eth:a', { parameters: { why: 1 } }),
      /no "why"/,
    ],
    ['a time before time', formulaRecord('views', { from: -1 }), /effectiveFrom/],
  ])('with %s changes nothing and says why', (_, record, problem) => {
    const table = createControlTable();
    expect(table.apply({ ...record, offset: 0 })).toMatch(problem);
    expect(table.offset).toBe(1);
    expect(inForce(table, 1)).toEqual(builtIn);
    expect(table.history()).toEqual([]);
  });

  test('leaves the good one before it in force', () => {
    const table = tableOf([formulaRecord('views', {})]);
    table.apply({ ...formulaRecord('views', { parameters: { x: 1 } }), offset: 1 });
    expect(inForce(table, 1)[0]).toBe('views@2');
  });
});

test('what was said stays in the history, in the order of the topic, with who and why', () => {
  const table = tableOf([
    suppressRecord('eth:bad'),
    formulaRecord('views', {}),
    { ...withdrawalOf('suppress:eth:bad', 9), author: 'ann', reason: 'was fine' },
  ]);
  expect(table.history().map(({ key, author, reason }) => [key, author, reason])).toEqual([
    ['suppress:eth:bad', 'tester', 'a test'],
    ['formula:views', 'tester', 'a test'],
    ['suppress:eth:bad', 'ann', 'was fine'],
  ]);
});
