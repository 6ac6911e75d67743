import { expect, test } from 'vitest';
import { figuresOf } from '../../src/element/figures.ts';
import { explanation } from './support/explanation.ts';

const shown = (changes: Parameters<typeof explanation>[0] = {}) =>
  Object.fromEntries(figuresOf(explanation(changes)).map(({ label, value }) => [label, value]));
const { inputs } = explanation();

test('what is usual is told in the words of a reader', () => {
  expect(shown()).toEqual({
    'Visitors of all tokens': '18.2K',
    'Its usual share of them': '0.51%',
    'Compared with': 'Ethereum, over a day old',
    'Busier at this hour': '+4%',
    'Visitors usual now': '96',
    'How restless it is (φ)': '0.15',
    'Visitors not counted': '118 of 530',
  });
});

test.each([
  [0, '0%'],
  [0.25, '25%'],
  [1, '100%'],
  [0.000_042_4, '0.0042%'],
  [0.000_000_001, 'below 0.0001%'],
])('a share of %d is %s', (share, text) => {
  expect(shown({ inputs: { ...inputs!, share } })['Its usual share of them']).toBe(text);
});

test.each([
  ['sol/young', 'Solana, first day'],
  ['x', 'x'],
  ['', ''],
])('the cohort %j is %j', (cohort, text) => {
  expect(shown({ inputs: { ...inputs!, cohort } })['Compared with']).toBe(text);
});

test('half a visitor is rounded as in the sentence above the table', () => {
  const told = shown({ visitors: 864, effectiveVisitors: 755.5, lost: 108.5 });
  expect(told['Visitors not counted']).toBe('108 of 864');
});

test('an hour that raises nothing is said so', () => {
  const told = shown({ inputs: { ...inputs!, hourIndex: 1.000_4 } });
  expect(told['Busier at this hour']).toBe('no');
});

test('a formula that expects nothing has no table', () => {
  expect(figuresOf(explanation({ inputs: null, phi: null }))).toEqual([]);
});
