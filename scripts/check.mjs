// npm run check: every rule a tool can check. Steps run one after the other; all run, the first failure decides the exit code.
import { spawnSync } from 'node:child_process';

const steps = [
  ['format and lint', 'biome', ['ci', '--colors=off', '--diagnostic-level=warn', '.']],
  ['types', 'tsc', []],
  ['types (browser)', 'tsc', ['-p', 'tsconfig.browser.json']],
  ['async mistakes', 'oxlint', ['--type-aware', '--deny-warnings']],
  [
    'layers',
    'depcruise',
    [
      '--config',
      '.dependency-cruiser.cjs',
      'schemas',
      'apps',
      'packages',
      'tools',
      'clickhouse',
      'bench',
      'sim',
      'test',
    ],
  ],
  ['dead code', 'knip', []],
  ['lock file', 'node', ['scripts/lock-complete.mjs', '--check']],
  ['the checks themselves', 'npm', ['run', '-s', 'test:structure']],
  ['unit tests', 'npm', ['run', '-s', 'test:unit']],
];

let failed = 0;
for (const [name, command, args] of steps) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${status === 0 ? '✓' : '✗'} ${name} ${seconds}s`);
  if (status !== 0) {
    failed += 1;
    console.log(`${stdout ?? ''}${stderr ?? ''}`.split('\n').slice(-60).join('\n'));
  }
}
process.exit(failed === 0 ? 0 : 1);
