import { UsageError } from '@trending/runtime/usage';
import { expect, test } from 'vitest';
import { benchHelp, benchOptions } from '../src/options.ts';

const known = ['drain', 'storm', 'memory'];

test('without words all benchmarks run, as the help says', () => {
  const { names, tokens, clients, rounds, port } = benchOptions([], known) as Exclude<
    ReturnType<typeof benchOptions>,
    'help'
  >;
  expect({ names, tokens }).toEqual({ names: [], tokens: [10_000, 100_000, 1_000_000] });
  const help = benchHelp(known);
  for (const value of [tokens.join(','), clients, rounds, port])
    expect(help).toContain(`(default ${value})`);
});

test.each([
  [['storms'], 'no benchmark is called storms: known are drain, storm, memory'],
  [['toString'], 'no benchmark is called toString'],
  [['memory', '--tokens', 'x'], '--tokens x: give whole numbers from 1'],
  [['--restore-tokens', '0'], '--restore-tokens 0: give whole numbers from 1'],
  [['storm', '--clients', '10,20'], '--clients 10,20: give a whole number from 1'],
  [['storm', '--rounds', '0'], '--rounds 0: give a whole number from 1'],
  [['--views', 'all'], '--views all: give a whole number from 1'],
  [['--attackers', '-'], '--attackers -: give a whole number from 1'],
  [['--port', '65535'], '--port 65535: give a whole number from 1 to 65531'],
])('%j is refused before anything is measured', (args, message) => {
  expect(() => benchOptions(args, known)).toThrow(UsageError);
  expect(() => benchOptions(args, known)).toThrow(message);
});

test('help is given whatever else is wrong', () => {
  expect(benchOptions(['storms', '--help'], known)).toBe('help');
});
