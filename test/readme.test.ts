import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { configurationTable, withTable } from '../scripts/readme-config.ts';

const root = new URL('../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const documents = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'GLOSSARY.md',
  'docs/operations.md',
  'docs/replay.md',
  'docs/figures.md',
  'docs/counting.md',
  'docs/embedding.md',
  'docs/publishing.md',
  'docs/realtime.md',
  'docs/sql-cookbook.md',
  'docs/tuning.md',
  'packages/client/README.md',
  'examples/README.md',
];

describe('README', () => {
  test('shows the configuration that the apps read (else: npm run readme:config)', () => {
    expect(read('README.md')).toBe(withTable(read('README.md')));
  });

  test('tells what a variable means to each app where they differ, and once where they agree', () => {
    const rows = configurationTable().split('\n');
    const user = rows.find((row) => row.includes('`CLICKHOUSE_USER`'));
    expect(user).toContain('Who writes (stream-processor) · User that may read (push-gateway)');
    const database = rows.find((row) => row.includes('`CLICKHOUSE_DATABASE`'));
    expect(database).toMatch(/\| Database of the tables \|$/);
  });

  test('shows the fan-out table of docs/figures.md (else: copy its rows)', () => {
    const rows = read('docs/figures.md').split('\n');
    const first = rows.findIndex((row) => row.startsWith('| 10,000 clients |'));
    const table = rows.slice(first, rows.indexOf('', first)).join('\n');
    expect(table).toContain('| bare Socket.IO |');
    expect(read('README.md')).toContain(table);
  });

  test('shows the topics of the catalogue', async () => {
    const { topics } = await import('@trending/schemas');
    for (const { name } of Object.values(topics))
      expect(read('README.md')).toContain(`\`${name}\``);
  });
});

describe.each(documents)('%s', (document) => {
  test('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read(document).matchAll(/npm run (?:-s )?([a-z][a-z:-]*)/g)].map(
      ([, name]) => name ?? '',
    );
    const known = new Set([...Object.keys(scripts), 'openapi', 'build']);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  test('links only to files that are there', () => {
    const folder = document.slice(0, document.lastIndexOf('/') + 1);
    const links = [...read(document).matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map(
      ([, link]) => link ?? '',
    );
    expect(links.filter((link) => !existsSync(new URL(`${folder}${link}`, root)))).toEqual([]);
  });
});
