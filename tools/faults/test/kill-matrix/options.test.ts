import { expect, test } from 'vitest';
import { killMatrixOptions } from '../../src/kill-matrix/options.ts';

test('targets and kinds are taken by name', () => {
  expect(killMatrixOptions(['--targets', 'sink, broker', '--kinds', 'sigkill'])).toMatchObject({
    targets: ['sink', 'broker'],
    kinds: ['sigkill'],
    stopSeconds: 45,
  });
});

test.each([
  ['--targets', 'kafka'],
  ['--kinds', 'sighup'],
  ['--kills', '0'],
  ['--kill', '1'],
  ['--brokers', '2'],
])('a wrong %s is refused with what would be right', (name, value) => {
  expect(() => killMatrixOptions([name, value])).toThrow(/none of|above 0|Unknown option|1 or 3/);
});
