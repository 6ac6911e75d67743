import { defineConfig } from 'vitest/config';

const everywhere = [
  '{apps,packages,tools}/*/test',
  '{schemas,clickhouse,bench,eval,sim}/test',
  'test',
];
const named = (suffix: string) => everywhere.map((folder) => `${folder}/**/*.${suffix}.ts`);
const slow = ['structure', 'integration', 'browser', 'docker'].flatMap((tier) =>
  named(`${tier}.test`),
);
/** One tier after the other: kills of one must not meet another's measurements. */
const turn = (groupOrder: number) => ({ sequence: { groupOrder } });

const onRealStack = { fileParallelism: false, testTimeout: 150_000, hookTimeout: 240_000 };

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    coverage: {
      include: ['apps/*/src/domain/**', 'apps/*/src/state/**', 'schemas/src/addresses/**'],
      reporter: ['text-summary', 'json-summary'],
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: named('test'),
          exclude: slow,
          // Pure code needs no worlds of its own; sharing them makes the tier five times as fast.
          isolate: false,
          pool: 'threads',
          maxWorkers: 2,
          // A machine that is busy with something else is no failure.
          testTimeout: 30_000,
          ...turn(0),
        },
      },
      {
        extends: true,
        test: {
          name: 'structure',
          include: named('structure.test'),
          testTimeout: 60_000,
          ...turn(1),
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: named('integration.test'),
          globalSetup: ['test/support/stack-setup.ts'],
          setupFiles: ['test/support/stack-required.ts'],
          ...onRealStack,
          ...turn(2),
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: named('browser.test'),
          globalSetup: ['test/support/stack-setup.ts'],
          setupFiles: ['test/support/stack-required.ts'],
          ...onRealStack,
          ...turn(3),
        },
      },
      {
        extends: true,
        test: { name: 'docker', include: named('docker.test'), ...onRealStack, ...turn(4) },
      },
    ],
  },
});
