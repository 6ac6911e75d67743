// Writes README's configuration table from the apps' own schemas. --check only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { configSchema as producer } from '../apps/producer-api/src/config.ts';
import { configSchema as gateway } from '../apps/push-gateway/src/config.ts';
import { configSchema as processor } from '../apps/stream-processor/src/config.ts';

interface Variable {
  readonly default?: unknown;
  readonly description?: string;
}

const apps = { 'producer-api': producer, 'stream-processor': processor, 'push-gateway': gateway };
const [begin, end] = ['<!-- configuration: npm run readme:config -->', '<!-- /configuration -->'];

/** One row a variable; the apps that read it with their defaults. */
export function configurationTable(): string {
  const rows = new Map<string, { description: string; defaults: Map<string, string[]> }>();
  for (const [app, schema] of Object.entries(apps)) {
    for (const [name, variable] of Object.entries(schema.properties as Record<string, Variable>)) {
      const row = rows.get(name) ?? {
        description: variable.description ?? '',
        defaults: new Map(),
      };
      const value = variable.default === undefined ? 'required' : `\`${String(variable.default)}\``;
      row.defaults.set(value, [...(row.defaults.get(value) ?? []), app]);
      rows.set(name, row);
    }
  }
  const lines = [...rows].map(([name, { description, defaults }]) => {
    const all = [...defaults.values()].flat();
    const shown = [...defaults].map(([value, users]) =>
      defaults.size === 1 ? value : `${value} (${users.join(', ')})`,
    );
    const who = all.length === Object.keys(apps).length ? 'all' : all.join(', ');
    return `| \`${name}\` | ${shown.join(' · ').replaceAll('``', 'empty').replaceAll('|', '\\|')} | ${who} | ${description.replaceAll('|', '\\|')} |`;
  });
  return ['| variable | default | read by | meaning |', '|---|---|---|---|', ...lines].join('\n');
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
