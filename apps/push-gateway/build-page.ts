import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { smallTemplates } from '../../packages/client/build/small-templates.ts';

/** Builds the page into dist/page: hashed assets, the documents, the embed script, a manifest. */

const here = fileURLToPath(new URL('.', import.meta.url));
const source = join(here, 'src/page');
const target = join(here, 'dist/page');
const scriptBytesMax = 25 * 1_024;

const entries = [
  'page.ts',
  'token.ts',
  'ops.ts',
  'compare.ts',
  'developers.ts',
  'styles/page.css',
  'styles/token.css',
  'styles/ops.css',
  'styles/compare.css',
  'styles/developers.css',
];
const documents = ['index.html', 'token.html', 'ops.html', 'compare.html', 'developers.html'];
/** Scripts for other sites, by the name they are loaded under. */
const embeds = {
  'trending-tokens.js': '@trending/client/element',
  'trending-beacon.js': '@trending/client/beacon',
} as const;

interface Asset {
  readonly name: string;
  readonly path: string;
  readonly bytes: Uint8Array;
}

const startedAt = performance.now();
const [bundled, embedded, icon] = await Promise.all([
  bundle(entries.map((name) => join(source, name))),
  Promise.all(Object.entries(embeds).map(embedOf)),
  readFile(join(source, 'icon.svg')),
]);
const assets = [...bundled, { name: 'icon.svg', bytes: icon }].map(hashed);

await writeAll([
  ...assets.map(({ path, bytes }) => ({ path, bytes })),
  ...(await Promise.all(documents.map(documentOf))),
  ...embedded,
  { path: 'manifest.json', bytes: Buffer.from(`${JSON.stringify(manifest(), null, 2)}\n`) },
]);
report([...assets, ...embedded]);

async function bundle(entryPoints: string[]) {
  const { outputFiles } = await build({
    entryPoints,
    outdir: target,
    entryNames: '[name]',
    bundle: true,
    plugins: [smallTemplates],
    write: false,
    minify: true,
    format: 'esm',
    target: ['chrome123', 'firefox120', 'safari17.5'],
    legalComments: 'none',
    logLevel: 'warning',
  });
  return outputFiles.map(({ path, contents }) => ({ name: basename(path), bytes: contents }));
}

async function embedOf([name, specifier]: [string, string]): Promise<Asset> {
  const [script] = await bundle([fileURLToPath(import.meta.resolve(specifier))]);
  return { name, path: `embed/v1/${name}`, bytes: script?.bytes ?? new Uint8Array() };
}

/** A name that changes with the content, so it may be cached for ever. */
function hashed({ name, bytes }: { name: string; bytes: Uint8Array }): Asset {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 10);
  const extension = extname(name);
  return { name, bytes, path: `assets/${basename(name, extension)}-${hash}${extension}` };
}

async function documentOf(name: string) {
  const text = await withParts(await readFile(join(source, name), 'utf8'));
  const linked = text.replaceAll(/\{\{([^}]+)\}\}/g, (_, wanted: string) => {
    const asset = assets.find((candidate) => candidate.name === wanted);
    if (asset === undefined) throw new Error(`${name} wants ${wanted}, which was not built`);
    return `/${asset.path}`;
  });
  return { path: name, bytes: Buffer.from(linked) };
}

/** `{{>name}}` on a line of its own stands for a part that documents share. */
async function withParts(text: string): Promise<string> {
  const pieces = text.split(/^\{\{>([a-z]+)\}\}\n/m);
  const filled = pieces.map(async (piece, i) =>
    i % 2 === 0 ? piece : readFile(join(source, 'parts', `${piece}.html`), 'utf8'),
  );
  return (await Promise.all(filled)).join('');
}

function manifest() {
  return Object.fromEntries(assets.map(({ name, path }) => [name, path]));
}

/** Into a fresh folder first, so a gateway that starts meanwhile never sees half a page. */
async function writeAll(files: readonly { path: string; bytes: Uint8Array }[]): Promise<void> {
  const fresh = `${target}.${process.pid}`;
  for (const { path, bytes } of files) {
    const file = join(fresh, path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, bytes);
  }
  await rm(target, { recursive: true, force: true });
  await rename(fresh, target);
}

function report(built: readonly Asset[]): void {
  for (const { path, bytes } of built) {
    const zipped = gzipSync(bytes, { level: 9 }).length;
    const size = `${(bytes.length / 1_024).toFixed(1)} kB`.padStart(9);
    process.stdout.write(`${path.padEnd(34)} ${size}  gzip ${(zipped / 1_024).toFixed(1)} kB\n`);
    if (path.includes('/page-') && path.endsWith('.js') && zipped > scriptBytesMax) {
      throw new Error(`${path} is ${zipped} B gzip, over its budget of ${scriptBytesMax} B`);
    }
  }
  process.stdout.write(`page built in ${Math.round(performance.now() - startedAt)} ms\n`);
}
