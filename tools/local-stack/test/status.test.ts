import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const status = fileURLToPath(new URL('../src/status.ts', import.meta.url));
const run = (...args: string[]) =>
  spawnSync(process.execPath, [status, ...args], { encoding: 'utf8' });

test('status has help of its own, whether a stack runs or not', () => {
  const { status: code, stdout } = run('--help');
  expect(code).toBe(0);
  expect(stdout).toContain('npm run status\n');
  for (const option of ['--port-offset', '--json', '--env', '--stop'])
    expect(stdout).toContain(option);
});

test('status refuses an option that is none, and says where help is', () => {
  const { status: code, stderr } = run('--evn');
  expect(code).toBe(2);
  expect(stderr).toContain('--evn');
  expect(stderr).toContain('See: npm run status -- --help');
});
