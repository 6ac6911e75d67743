import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { declarations } from './build/declarations.ts';
import { smallTemplates } from './build/small-templates.ts';

/**
 * Makes the package that others install, into dist: JavaScript with what it needs of the schemas inside, declarations,
 * and a package.json of its own. The workspace itself runs the TypeScript sources and needs none of this.
 */

const here = fileURLToPath(new URL('.', import.meta.url));
const dist = join(here, 'dist');
/** Entry points that others may import; the workspace has more. */
const entries = ['publish', 'beacon', 'subscribe', 'react', 'server', 'element', 'socket-io'];

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

await rm(dist, { recursive: true, force: true });
await Promise.all([writeScripts(), writeDeclarations(), writeManifest(), copyTexts()]);

async function writeScripts(): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: Object.fromEntries(
      entries.map((name) => [name, join(here, `src/${name}/index.ts`)]),
    ),
    outdir: dist,
    bundle: true,
    write: false,
    // What entries share is one file, so importing two of them loads it once.
    splitting: true,
    chunkNames: 'shared/[name]-[hash]',
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    external: ['lit', 'lit/*', 'react', 'socket.io-client'],
    plugins: [smallTemplates],
    logLevel: 'warning',
  });
  for (const { path, text } of outputFiles) {
    await mkdir(dirname(path), { recursive: true });
    // Imports without names keep an order of side effects; shared files have none, and bundlers would warn.
    await writeFile(path, text.replaceAll(/^import "\.[^"]*";\n/gm, ''));
  }
}

async function writeDeclarations(): Promise<void> {
  const files = await declarations(entries.map((name) => `packages/client/src/${name}/index.ts`));
  for (const { path, text } of files) {
    const file = join(dist, 'types', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

async function writeManifest(): Promise<void> {
  const own = JSON.parse(await readFile(join(here, 'package.json'), 'utf8')) as Manifest;
  const socketIo = own.dependencies['socket.io-client'];
  const manifest = {
    name: '@trending/client',
    version: own.version,
    description: 'Publish views of token maps and follow live trending boards',
    license: 'Apache-2.0',
    type: 'module',
    engines: { node: '>=20' },
    // Importing the element defines it; everything else may be left out when unused.
    sideEffects: ['./element.js'],
    exports: Object.fromEntries(entries.map((name) => [`./${name}`, exportOf(name)])),
    dependencies: { lit: own.dependencies['lit'] },
    peerDependencies: { ...own.peerDependencies, 'socket.io-client': `^${socketIo}` },
    peerDependenciesMeta: { react: { optional: true }, 'socket.io-client': { optional: true } },
  };
  await mkdir(dist, { recursive: true });
  await writeFile(join(dist, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

function exportOf(name: string) {
  const types = `./types/packages/client/src/${name}/index.d.ts`;
  return { types, default: `./${name}.js` };
}

async function copyTexts(): Promise<void> {
  await mkdir(dist, { recursive: true });
  const root = join(here, '../..');
  for (const file of [join(here, 'README.md'), join(root, 'LICENSE')])
    await writeFile(join(dist, basename(file)), await readFile(file));
}
