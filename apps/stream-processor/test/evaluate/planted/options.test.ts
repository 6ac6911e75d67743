import { UsageError } from '@trending/runtime/usage';
import { expect, test } from 'vitest';
import { type Options, optionsOf } from '../../../src/evaluate/planted/options.ts';

function given(...args: string[]): Options {
  const options = optionsOf(args);
  if (options === 'help') throw new Error('not asked for');
  return options;
}

const settingsOf = (...args: string[]) => given(...args).settingsOf(1);

test('without options the plain worlds are judged by all formulas', () => {
  const { seeds, formulas } = given();
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
  [['--formula', 'views,best'], /--formula best: known are/],
  [['--seeds', '1,two'], /--seeds 1,two: give whole numbers from 0/],
  [['--seeds', '1,,2'], /--seeds 1,,2: give whole numbers from 0/],
  [['--tokens', '1'], /--tokens 1: give a whole number from 2 to/],
  [['--tokens', '2.5'], /--tokens 2.5: give a whole number/],
  [['--days', '0'], /--days 0: give a number from 0.1 to/],
  [['--days', 'week'], /--days week: give a number/],
])('%j is refused', (args, message) => {
  expect(() => optionsOf(args)).toThrow(UsageError);
  expect(() => optionsOf(args)).toThrow(message);
});

test('seeds and formulas are lists, part of a day is a number of days', () => {
  expect(given('--seeds', '1,0,7').seeds).toEqual([1, 0, 7]);
  const { formulas } = given('--formula', 'mastodon, views');
  expect(formulas.map(({ ref }) => ref.id)).toEqual(['views', 'mastodon']);
  expect(settingsOf('--days', '0.5')).toMatchObject({ days: 0.5, judgedFrom: 0.25 });
});

test('help is given whatever else is wrong', () => {
  expect(optionsOf(['--help', '--days', 'week'])).toBe('help');
});
