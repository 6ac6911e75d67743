import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const workspace = fileURLToPath(new URL('..', import.meta.url));
const root = join(workspace, '../..');
const dist = join(workspace, 'dist');

/** Most bytes of an entry with everything it loads, minified and gzipped, kB; without React and Socket.IO themselves. */
const budgetsKb = {
  beacon: 2,
  publish: 5,
  server: 3,
  subscribe: 5,
  react: 6,
  'socket-io': 1,
  element: 24,
} as const;

let consumer = '';
let packed: readonly string[] = [];

/** A project of somebody else: the packed package installed beside what it needs. */
beforeAll(async () => {
  await run(process.execPath, [join(workspace, 'build.ts')]);
  consumer = await mkdtemp(join(tmpdir(), 'consumer-'));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', consumer], {
    cwd: dist,
  });
  const report: unknown = JSON.parse(stdout);
  const [archive] = Object.values(report as Record<string, Packed>);
  if (archive === undefined) throw new Error(`npm pack said nothing: ${stdout}`);
  packed = archive.files.map(({ path }) => path);
  const installed = join(consumer, 'node_modules/@trending/client');
  await mkdir(installed, { recursive: true });
  await run('tar', [
    '-xzf',
    join(consumer, archive.filename),
    '-C',
    installed,
    '--strip-components=1',
  ]);
  const beside = [
    'lit',
    'lit-html',
    'lit-element',
    '@lit',
    'react',
    '@types',
    'csstype',
    'socket.io-client',
  ];
  for (const name of beside)
    await symlink(join(root, 'node_modules', name), join(consumer, 'node_modules', name));
  await writeFile(join(consumer, 'package.json'), '{"type":"module","private":true}');
}, 120_000);
afterAll(() => rm(consumer, { recursive: true, force: true }));

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

describe('the packed package', () => {
  test('holds scripts, declarations, its manifest, readme and licence, and nothing else', () => {
    const unknown = packed.filter(
      (path) =>
        !/^([\w-]+|shared\/[\w-]+)\.js$|\.d\.ts$|^(package\.json|README\.md|LICENSE)$/.test(path),
    );
    expect(unknown).toEqual([]);
    for (const entry of Object.keys(budgetsKb)) expect(packed).toContain(`${entry}.js`);
    for (const name of ['package.json', 'README.md', 'LICENSE']) expect(packed).toContain(name);
  });

  test('is a package that tools understand', async () => {
    const { messages, pkg } = await publint({ pkgDir: dist, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  test('names no dependency that only this workspace has', async () => {
    const { dependencies } = JSON.parse(await readFile(join(dist, 'package.json'), 'utf8'));
    expect(Object.keys(dependencies)).toEqual(['lit']);
    for (const path of packed.filter((name) => /\.(js|ts)$/.test(name)))
      expect(await readFile(join(dist, path), 'utf8')).not.toMatch(/['"]@trending\/schemas/);
  });

  test('runs on a server: every entry that needs no browser loads and does what it says', async () => {
    const script = `
      import { createPublisher, PublishError } from '@trending/client/publish';
      import { renderBoard } from '@trending/client/server';
      import { subscribeBoard } from '@trending/client/subscribe';
      import { useBoard } from '@trending/client/react';
      import { reportView } from '@trending/client/beacon';
      import { socketIoTransport } from '@trending/client/socket-io';
      const publisher = createPublisher({ endpoint: 'http://127.0.0.1:9', retryForMs: 0 });
      const code = await publisher.publish({ address: 'x' }).catch((error) => error instanceof PublishError && error.code);
      const html = renderBoard({ board: { window: '1h', formula: 'views', scope: 'all' }, asOf: 0, items: [] });
      console.log(JSON.stringify([code, html.includes('<table'), typeof subscribeBoard, typeof useBoard, typeof reportView, socketIoTransport.name]));`;
    await writeFile(join(consumer, 'run.js'), script);
    const { stdout } = await run(process.execPath, ['run.js'], { cwd: consumer });
    expect(JSON.parse(stdout)).toEqual([
      'undelivered',
      true,
      'function',
      'function',
      'function',
      'socket.io',
    ]);
  });

  test.each(['nodenext', 'bundler'])(
    'its types hold for a project with module resolution %s',
    async (resolution) => {
      await writeFile(join(consumer, 'typed.ts'), typedUse);
      const module = resolution === 'bundler' ? 'esnext' : 'nodenext';
      const settings = {
        strict: true,
        noEmit: true,
        target: 'es2022',
        lib: ['es2022', 'dom', 'dom.iterable'],
        types: [],
        module,
        moduleResolution: resolution,
        skipLibCheck: false,
      };
      await writeFile(
        join(consumer, 'tsconfig.json'),
        JSON.stringify({ compilerOptions: settings, files: ['typed.ts'] }),
      );
      const tsc = join(root, 'node_modules/.bin/tsc');
      const { stdout } = await run(tsc, ['-p', consumer]).catch(
        (error: { stdout: string }) => error,
      );
      expect(stdout).toBe('');
    },
  );
});

/** Uses every entry; each line marked as a mistake must be one. */
const typedUse = `
import { createPublisher, hmacSigner, type PublishResult } from '@trending/client/publish';
import { reportView } from '@trending/client/beacon';
import { applyDelta, boardChecksum } from '@trending/client/subscribe';
import { type BoardView, type FrameItem, subscribeBoard } from '@trending/client/subscribe';
import { useBoard } from '@trending/client/react';
import { fetchBoard, renderBoard } from '@trending/client/server';
import { socketIoTransport } from '@trending/client/socket-io';
import type { TrendingTokens } from '@trending/client/element';
import '@trending/client/element';
const publisher = createPublisher({ endpoint: 'https://p', sign: ({ body }) => ({ 'x-sign': body }) });
const result: Promise<PublishResult> = publisher.publish({ address: '0x', chain: 'eth' });
createPublisher({ endpoint: 'https://p', sign: hmacSigner({ key: 'shop', secret: 's' }) });
// @ts-expect-error no such field
void publisher.publish({ adress: '0x' });
const stop: () => void = reportView({ endpoint: '', address: '0x' });
const board = { formula: 'trending', window: '1h', scope: 'all' };
for await (const view of subscribeBoard({ endpoint: 'https://g', board, transport: socketIoTransport })) {
  const first: FrameItem | undefined = view.items[0];
  const rank: number | undefined = first?.rank;
}
const checksum: number = boardChecksum(applyDelta([], [{ op: 'leave', token: 'eth:0x' }]));
const { items } = useBoard({ window: '5m' });
const symbol: string | undefined = items[0]?.symbol;
const view: BoardView = await fetchBoard({ endpoint: 'https://g' });
const html: string = renderBoard(view, { tokenBase: '/token' });
const element: TrendingTokens | null = document.querySelector('trending-tokens');
element?.highlight('eth:0x');
// @ts-expect-error a number is no window
if (element) element.window = 5;
`;

describe('sizes', () => {
  test.each(Object.entries(budgetsKb))('%s is at most %d kB', async (entry, kb) => {
    const { outputFiles } = await build({
      entryPoints: [join(dist, `${entry}.js`)],
      bundle: true,
      write: false,
      minify: true,
      format: 'esm',
      target: 'es2022',
      external: ['react', 'socket.io-client'],
      logLevel: 'warning',
    });
    const bytes = gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length;
    expect(bytes).toBeLessThanOrEqual(kb * 1_024);
    // A budget far above the size guards nothing.
    expect(bytes).toBeGreaterThan((kb - 1.5) * 1_024 * 0.5);
  });

  test('one function of an entry does not carry the others', async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: `import { renderBoard } from './server.js'; console.log(renderBoard);`,
        resolveDir: dist,
      },
      bundle: true,
      write: false,
      format: 'esm',
      logLevel: 'warning',
    });
    const text = outputFiles[0]?.text ?? '';
    expect(text).toContain('trending-board');
    expect(text).not.toMatch(/fetch\(|WebSocket|EventSource/);
  });

  test('a publisher that does not sign carries no signer, and is at most 4 kB', async () => {
    const { outputFiles } = await build({
      stdin: {
        contents: `import { createPublisher } from './publish.js'; console.log(createPublisher);`,
        resolveDir: dist,
      },
      bundle: true,
      write: false,
      minify: true,
      format: 'esm',
      target: 'es2022',
      logLevel: 'warning',
    });
    const text = outputFiles[0]?.text ?? '';
    expect(text).toContain('ndjson');
    expect(text).not.toMatch(/subtle|HMAC/);
    expect(gzipSync(text, { level: 9 }).length).toBeLessThanOrEqual(4 * 1_024);
  });

  test('the readme shows the budgets', async () => {
    const readme = await readFile(join(workspace, 'README.md'), 'utf8');
    for (const [entry, kb] of Object.entries(budgetsKb))
      expect(readme).toMatch(new RegExp(`@trending/client/${entry}\`.*≤ ${kb} kB`));
  });
});
