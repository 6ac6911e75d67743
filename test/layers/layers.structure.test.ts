import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const bin = (name: string) => `${root}node_modules/.bin/${name}`;

interface Report {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly { readonly rule: { readonly name: string } }[];
  };
}

function cruise(cwd: string, ...folders: string[]): Report {
  const args = ['--config', `${root}.dependency-cruiser.cjs`, '--output-type', 'json', ...folders];
  return JSON.parse(
    spawnSync(bin('depcruise'), args, { cwd, encoding: 'utf8', maxBuffer: 1e8 }).stdout,
  ) as Report;
}

describe('the layer rules', () => {
  test('find every planted violation, type-only ones too', () => {
    const { summary } = cruise(fileURLToPath(new URL('./fixtures', import.meta.url)), 'apps');
    expect(summary.totalCruised).toBeGreaterThan(0);
    const broken = new Set(summary.violations.map(({ rule }) => rule.name));
    expect([...broken].sort()).toEqual([
      'apps-do-not-know-each-other',
      'no-cycles',
      'one-door-for-kafkajs',
      'only-main-sees-both-sides',
      'the-core-is-pure',
    ]);
  });

  test('read the real code: many modules, no violation', () => {
    const { summary } = cruise(root, 'schemas', 'apps', 'packages', 'tools');
    expect(summary.totalCruised).toBeGreaterThan(30);
    expect(summary.violations).toEqual([]);
  });
});

describe('the linters', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trending-lint-'));
  const core = join(folder, 'apps/a/src/domain');
  mkdirSync(core, { recursive: true });
  const biome = JSON.parse(readFileSync(`${root}biome.json`, 'utf8')) as {
    vcs: object;
    $schema?: string;
  };
  writeFileSync(
    join(folder, 'biome.json'),
    JSON.stringify({ ...biome, $schema: undefined, vcs: { enabled: false } }),
  );
  copyFileSync(`${root}.oxlintrc.json`, join(folder, '.oxlintrc.json'));
  writeFileSync(
    join(folder, 'tsconfig.json'),
    '{ "compilerOptions": { "strict": true, "target": "es2024" } }',
  );
  writeFileSync(
    join(core, 'clocked.ts'),
    'export const now = (): number => Date.now();\nexport const lax = (x: any): number => x;\n',
  );
  writeFileSync(
    join(core, 'forgetful.ts'),
    'async function save(): Promise<void> {}\nexport function forget(): void {\n  save();\n}\n',
  );
  afterAll(() => rmSync(folder, { recursive: true }));

  test('refuse a clock in the core and an any', () => {
    const { stdout, stderr, status } = spawnSync(bin('biome'), ['lint', 'apps'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stdout + stderr).toContain('time is a parameter');
    expect(stdout + stderr).toContain('noExplicitAny');
  });

  test('refuse a forgotten promise', () => {
    const { stdout, status } = spawnSync(bin('oxlint'), ['--type-aware'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stdout).toContain('no-floating-promises');
    expect(status).toBe(1);
  });
});
