import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import { docHtml } from './doc-html.ts';
import { errorsPath } from './problem.ts';

const source = new URL(`../../..${errorsPath}`, import.meta.url);
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'";
const styles = `
:root { color-scheme: light dark; --line: light-dark(#e9e7e2, #222a35); --soft: light-dark(#f4f3f0, #1a2029); }
body { max-width: 50rem; margin: 2rem auto; padding: 0 1.25rem; font: 15px/1.55 system-ui, sans-serif; background: light-dark(#fff, #0b0e13); color: light-dark(#15171c, #e9eef5); }
h2 { margin-top: 2.5rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { margin: 1.75rem 0 0; font: 600 16px/1.5 ui-monospace, monospace; }
h3 + p { margin-top: .25rem; }
:target { scroll-margin-top: 2rem; }
h3:target { background: light-dark(#ffeadb, #4a2a14); box-shadow: 0 0 0 .4rem light-dark(#ffeadb, #4a2a14); border-radius: 1px; }
code, pre { background: var(--soft); border-radius: 4px; font: 13.5px/1.5 ui-monospace, monospace; }
code { padding: .1em .3em; overflow-wrap: anywhere; }
pre { padding: .75rem 1rem; overflow-x: auto; }
pre code { padding: 0; background: none; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { padding: .4rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
td code { overflow-wrap: normal; }
`;

/**
 * Where the `type` of every problem leads: docs/errors.md as a page, so that the anchor of an error is where a browser scrolls to.
 * @throws when the file is missing: an image without it would answer every such link with 404
 */
export async function registerErrorsPage(app: FastifyInstance): Promise<void> {
  const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Errors</title>
<style>${styles}</style></head>
<body>
${docHtml(await readFile(source, 'utf8'))}
</body></html>
`;
  app.get(errorsPath, { schema: { hide: true } }, (_request, reply) =>
    reply
      .header('content-security-policy', policy)
      .header('cache-control', 'public, max-age=300')
      .type('text/html; charset=utf-8')
      .send(page),
  );
}
