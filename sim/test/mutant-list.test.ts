import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { mutants } from '../src/mutant-list.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test.each(mutants.map(({ name, ...mutant }) => [name, mutant] as const))(
  'there is something to change for the mutant: %s',
  (_name, { file, from, to, caughtBy }) => {
    const path = ['', 'apps/'].map((folder) => `${root}${folder}${file}`).find(existsSync);
    expect(path && readFileSync(path, 'utf8')).toContain(from);
    expect(to).not.toBe(from);
    if (caughtBy !== undefined) expect(existsSync(`${root}${caughtBy}`)).toBe(true);
  },
);
