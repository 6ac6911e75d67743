import { expect, test } from 'vitest';
import { killMatrixHelp, killMatrixOptions } from '../src/kill-matrix/options.ts';
import { leaderMoveOptions, leaderMovesHelp } from '../src/leaders/options.ts';
import { networkFaultOptions, networkFaultsHelp } from '../src/network/options.ts';

test.each([
  ['kill-matrix', killMatrixOptions, killMatrixHelp],
  ['network-faults', networkFaultOptions, networkFaultsHelp],
  ['leader-moves', leaderMoveOptions, leaderMovesHelp],
] as const)('%s prints JSON when asked, and its help says so', (_name, options, help) => {
  expect(options([])).toMatchObject({ json: false });
  expect(options(['--json'])).toMatchObject({ json: true });
  expect(help).toContain('--json');
});
