import { readdirSync, readFileSync } from 'node:fs';
import { docHtml } from '@trending/runtime';
import { describe, expect, test } from 'vitest';

const root = new URL('../../../', import.meta.url);
const page = readFileSync(new URL('docs/errors.md', root), 'utf8');
const served = docHtml(page);
const anchors = new Set([...served.matchAll(/<h3 id="([a-z0-9-]+)">/g)].map(([, id]) => id));

function sources(folder: string): string[] {
  return readdirSync(new URL(folder, root), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8'));
}

/** Codes in `problemOf(404, 'code')`, in unions of codes, and in the table of Fastify's errors. */
function codesIn(text: string): string[] {
  const problems = [...text.matchAll(/problemOf\(\s*\d{3},\s*'([a-z0-9-]+)'/g)];
  const unions = [...text.matchAll(/^ {2}\| '([a-z]+(?:-[a-z]+)+)'/gm)];
  const table = [...text.matchAll(/FST_ERR_\w+: '([a-z-]+)'/g)];
  return [...problems, ...unions, ...table].flatMap(([, code]) =>
    code === undefined ? [] : [code],
  );
}

describe('docs/errors.md', () => {
  const codes = new Set(
    ['packages/runtime/src/', 'apps/producer-api/src/routes/', 'apps/push-gateway/src/']
      .flatMap(sources)
      .concat(readFileSync(new URL('apps/producer-api/src/domain/rejection.ts', root), 'utf8'))
      .flatMap(codesIn),
  );
  test('is compared with the codes found in the sources', () => {
    expect([...codes]).toEqual(
      expect.arrayContaining([
        'not-found',
        'validation',
        'viewed-at-too-old',
        'malformed-json',
        'unavailable',
      ]),
    );
  });
  test.each([...codes].sort())('explains %s', (code) => expect(anchors).toContain(code));

  test('is served without a word lost, and with no Markdown left', () => {
    const text = served.replaceAll(/<pre>[\s\S]*?<\/pre>/g, '').replaceAll(/<[^>]+>/g, '');
    expect(text).not.toMatch(/\*\*|`|\]\(|^#|^\||^- /m);
    for (const word of page.match(/[A-Za-z]{4,}/g) ?? []) expect(served).toContain(word);
  });

  test('is served with links that lead somewhere: to itself', () => {
    const links = [...served.matchAll(/href="([^"]+)"/g)].map(([, target]) => target ?? '');
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) expect(served).toContain(`id="${link.replace(/^#/, '')}"`);
  });

  test('explains every error code of the services', () => {
    const errors = readFileSync(new URL('packages/runtime/src/errors.ts', root), 'utf8');
    const names = [...errors.matchAll(/^ {2}\| '([A-Z_]+)'/gm)].map(([, name]) => name ?? '');
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) expect(page).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm'));
  });
});
