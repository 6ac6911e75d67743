import { readdirSync, readFileSync } from 'node:fs';

/** One query of the cookbook: its first comment line says what it answers. */
export interface Recipe {
  readonly name: string;
  readonly title: string;
  readonly query: string;
  /** Names and types of its `{name:Type}` parameters. */
  readonly parameters: Readonly<Record<string, string>>;
}

const folder = new URL('../cookbook/', import.meta.url);

/** All recipes, by name. */
export function readCookbook(): readonly Recipe[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .toSorted()
    .map((file) => recipeOf(file, readFileSync(new URL(file, folder), 'utf8')));
}

function recipeOf(file: string, query: string): Recipe {
  const found = query.matchAll(/\{(\w+):\s*([^}]+)\}/g);
  return {
    name: file.replace(/\.sql$/, ''),
    title: /^-- (.+)/.exec(query)?.[1] ?? '',
    query,
    parameters: Object.fromEntries([...found].map(([, name, type]) => [name, type])),
  };
}
