import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Everything that a run depends on: the simulation, what it simulates, and the libraries. */
const patterns = [
  'sim/src/**/*.ts',
  'apps/*/src/**/*.ts',
  'packages/*/src/**/*.ts',
  'schemas/**/*.{ts,avsc}',
  'clickhouse/migrations/*.sql',
  'package-lock.json',
];

/** Hash of the texts as they are on disk, committed or not, and of the version of Node. */
export function sourceHash(): string {
  const hash = createHash('sha256').update(process.version);
  const exclude = (path: string) => path.split('/').includes('node_modules');
  for (const path of globSync(patterns, { cwd: root, exclude }).toSorted())
    hash.update(`\0${path}\0`).update(readFileSync(`${root}${path}`));
  return hash.digest('hex').slice(0, 16);
}
