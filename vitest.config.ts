import { defineConfig } from 'vitest/config';

const everywhere = ['{apps,packages,tools}/*/test', '{schemas,clickhouse,bench,eval}/test', 'test'];
const named = (suffix: string) => everywhere.map((folder) => `${folder}/**/*.${suffix}.ts`);
const slow = [...named('integration.test'), ...named('browser.test'), ...named('docker.test')];

const onRealStack = { fileParallelism: false, testTimeout: 60_000, hookTimeout: 240_000 };

export default defineConfig({
  test: {
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    coverage: {
      include: ['apps/*/src/domain/**', 'apps/*/src/state/**'],
      reporter: ['text-summary', 'json-summary'],
    },
    projects: [
      { extends: true, test: { name: 'unit', include: named('test'), exclude: slow } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: named('integration.test'),
          globalSetup: ['test/support/stack-setup.ts'],
          setupFiles: ['test/support/stack-required.ts'],
          ...onRealStack,
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
        },
      },
      { extends: true, test: { name: 'docker', include: named('docker.test'), ...onRealStack } },
    ],
  },
});
