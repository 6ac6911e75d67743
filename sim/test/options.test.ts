import { describe, expect, test } from 'vitest';
import { mutantsHelp, mutantsOptions, simHelp, simOptions } from '../src/options.ts';

describe('the options of the simulation', () => {
  test('have defaults', () => {
    expect(simOptions([], 2)).toMatchObject({ seeds: 2_000, from: 1, workers: 2, json: false });
    expect(mutantsOptions([], [])).toMatchObject({ seeds: 1500, workers: 2, json: false });
  });

  test('have help, which names each of them', () => {
    expect(simOptions(['--help'], 2)).toBe('help');
    expect(mutantsOptions(['--help'], [])).toBe('help');
    for (const name of Object.keys(simOptions([], 2))) expect(simHelp).toContain(`--${name}`);
    for (const name of Object.keys(mutantsOptions([], [])))
      expect(mutantsHelp).toContain(`--${name}`);
  });

  test.each([
    [['--seeds', '0'], '--seeds 0'],
    [['--seed', 'x'], '--seed x'],
    [['--workers', '1.5'], '--workers 1.5'],
    [['--sed', '1'], '--sed'],
  ])('refuse %j', (args, reason) => {
    expect(() => simOptions(args, 2)).toThrow(reason);
  });

  test('refuse a fault that is not there', () => {
    expect(() => mutantsOptions(['--only', 'x'], ['a', 'b'])).toThrow('--only x: give one of a, b');
  });
});
