// Writes README's configuration table from the apps' own schemas. --check only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { configSchema as producer } from '../apps/producer-api/src/config.ts';
import { configSchema as gateway } from '../apps/push-gateway/src/config.ts';
import { configSchema as processor } from '../apps/stream-processor/src/config.ts';

interface Variable {
  readonly default?: unknown;
  readonly description?: string;
}

/** What is said of a variable, with the apps that say it. */
interface Row {
  readonly meanings: Map<string, string[]>;
  readonly defaults: Map<string, string[]>;
}

const apps = { 'producer-api': producer, 'stream-processor': processor, 'push-gateway': gateway };
const [begin, end] = ['<!-- configuration: npm run readme:config -->', '<!-- /configuration -->'];

/** One row a variable; the apps that read it with their defaults. */
export function configurationTable(): string {
  const rows = new Map<string, Row>();
  for (const [app, schema] of Object.entries(apps)) {
    for (const [name, variable] of Object.entries(schema.properties as Record<string, Variable>)) {
      const row = rows.get(name) ?? { meanings: new Map(), defaults: new Map() };
      const value = variable.default === undefined ? 'required' : `\`${String(variable.default)}\``;
      noted(row.defaults, value, app);
      noted(row.meanings, variable.description ?? '', app);
      rows.set(name, row);
    }
  }
  const lines = [...rows].map(([name, { meanings, defaults }]) => {
    const all = [...defaults.values()].flat();
    const who = all.length === Object.keys(apps).length ? 'all' : all.join(', ');
    return `| \`${name}\` | ${shown(defaults).replaceAll('``', 'empty')} | ${who} | ${shown(meanings)} |`;
  });
  return ['| variable | default | read by | meaning |', '|---|---|---|---|', ...lines].join('\n');
}

/** Adds an app to those that say the same. */
function noted(said: Map<string, string[]>, what: string, app: string): void {
  said.set(what, [...(said.get(what) ?? []), app]);
}

/** What all say, or what each says. */
function shown(said: ReadonlyMap<string, readonly string[]>): string {
  const parts = [...said].map(([what, users]) =>
    said.size === 1 ? what : `${what} (${users.join(', ')})`,
  );
  return parts.join(' · ').replaceAll('|', '\\|');
}

/** README with the table of today. */
export function withTable(readme: string): string {
  const [head = '', rest = ''] = readme.split(begin);
  const tail = rest.split(end)[1];
  if (tail === undefined) throw new Error(`README.md lacks the markers ${begin} … ${end}`);
  return `${head}${begin}\n${configurationTable()}\n${end}${tail}`;
}

if (import.meta.main) {
  const file = new URL('../README.md', import.meta.url);
  writeFileSync(file, withTable(readFileSync(file, 'utf8')));
}
