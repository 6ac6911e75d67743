import { expect, test } from 'vitest';
import { optionsOf } from '../../../src/evaluate/planted/options.ts';

const settingsOf = (...args: string[]) => optionsOf(args).settingsOf(1);

test('without options the plain worlds are judged by all formulas', () => {
  const { seeds, formulas } = optionsOf([]);
  expect(seeds).toEqual([1]);
  expect(formulas.map(({ ref }) => ref.id)).toContain('mastodon');
  expect(settingsOf()).toMatchObject({ seed: 1, days: 4, judgedFrom: 2, trends: 150 });
  expect(settingsOf()).toMatchObject({ attacks: 0, attackSet: 'plain', goOn: 0, flooder: false });
});

test.each([
  [['--attacks'], 'plain'],
  [['--attacks', '--flooder'], 'plain'],
  [['--attacks', 'plain'], 'plain'],
  [['--attacks', 'people'], 'people'],
  [['--attacks=people', '--json'], 'people'],
])('%j plants the %s attacks', (args, attackSet) => {
  expect(settingsOf(...args)).toMatchObject({ attacks: 30, attackSet });
});

test('the chance to go on is an option', () => {
  expect(settingsOf('--go-on', '0.5').goOn).toBe(0.5);
});

test.each([
  [['--attacks', 'robots'], /--attacks robots: known are plain, people/],
  [['--go-on', '1.5'], /--go-on 1.5: give a chance/],
  [['--go-on', 'often'], /--go-on often: give a chance/],
  [['--go-on='], /give a chance/],
  [['--formula', 'best'], /--formula best: known are/],
])('%j is refused', (args, message) => {
  expect(() => optionsOf(args)).toThrow(message);
});
