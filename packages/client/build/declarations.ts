import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const ownName = /^@trending\/schemas\/(.+)$/;

export interface Declaration {
  /** From the repository's root, such as `schemas/src/frames.d.ts`. */
  readonly path: string;
  readonly text: string;
}

/**
 * Declarations of these sources and of everything of ours that they mention, with links between them that need no
 * workspace. Sources are paths from the repository's root.
 * @throws Error when the compiler finds a mistake
 */
export async function declarations(sources: readonly string[]): Promise<readonly Declaration[]> {
  const folder = await mkdtemp(join(tmpdir(), 'declarations-'));
  try {
    await compile(sources, folder);
    return await reachable(
      sources.map((source) => source.replace(/\.ts$/, '.d.ts')),
      folder,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compile(sources: readonly string[], outDir: string): Promise<void> {
  const settings = {
    extends: join(root, 'tsconfig.browser.json'),
    compilerOptions: {
      rootDir: root,
      outDir,
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      stripInternal: true,
      // Found as sources, not as a package: those of packages are not written.
      paths: { '@trending/schemas/*': [join(root, 'schemas/src/*.ts')] },
      typeRoots: [join(root, 'node_modules/@types')],
    },
    include: [],
    files: sources.map((source) => join(root, source)),
  };
  const project = join(outDir, 'tsconfig.json');
  await writeFile(project, JSON.stringify(settings));
  const tsc = join(root, 'node_modules/.bin/tsc');
  await promisify(execFile)(tsc, ['-p', project], { cwd: root }).catch((error: unknown) => {
    const output =
      typeof error === 'object' && error !== null && 'stdout' in error ? String(error.stdout) : '';
    throw new Error(`the declarations do not compile:\n${output}`, { cause: error });
  });
}

/** The entries and what they link to, however far. */
async function reachable(
  entries: readonly string[],
  folder: string,
): Promise<readonly Declaration[]> {
  const found = new Map<string, string>();
  const open = [...entries];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const path = next;
    if (found.has(path)) continue;
    const text = await readFile(join(folder, path), 'utf8');
    const relinked = text.replaceAll(/(?<=from '|import\(["'])[^'"]+/g, (specifier) => {
      const target = targetOf(path, specifier);
      if (target === undefined) return specifier;
      open.push(target);
      return linkBetween(path, target);
    });
    found.set(path, relinked);
  }
  return [...found].map(([path, text]) => ({ path, text }));
}

/** The declaration file that a specifier of ours means; undefined for those of other packages. */
function targetOf(from: string, specifier: string): string | undefined {
  const ours = ownName.exec(specifier)?.[1];
  if (ours !== undefined) return `schemas/src/${ours}.d.ts`;
  if (!specifier.startsWith('.')) return undefined;
  return join(dirname(from), specifier).replace(/\.ts$/, '.d.ts');
}

function linkBetween(from: string, target: string): string {
  const link = relative(dirname(from), target).replace(/\.d\.ts$/, '.js');
  return link.startsWith('.') ? link : `./${link}`;
}
