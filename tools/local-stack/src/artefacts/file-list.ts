import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Written last, so a folder without it was never complete. */
export const listName = 'files.json';

/** Relative path → size in bytes. */
export type FileList = Readonly<Record<string, number>>;

/** Every file below `folder` with its size. */
export async function filesIn(folder: string): Promise<FileList> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sized = await Promise.all(
    files.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(folder, path), (await stat(path)).size] as const;
    }),
  );
  return Object.fromEntries(sized.filter(([path]) => path !== listName).sort());
}

export function writeFileList(folder: string, list: FileList): void {
  writeFileSync(join(folder, listName), `${JSON.stringify(list, null, 1)}\n`);
}

/** What is wrong with a fetched folder, or undefined when every listed file is there at its size. */
export function damageIn(folder: string, mustHave: readonly string[]): string | undefined {
  const listPath = join(folder, listName);
  if (!existsSync(listPath)) return 'not fetched';
  const list = parseList(readFileSync(listPath, 'utf8'));
  if (list === undefined) return `${listPath} is not readable`;
  const absent = mustHave.find((name) => list[name] === undefined);
  if (absent !== undefined) return `${absent} is not in ${listPath}`;
  const wrong = Object.entries(list).find(([path, size]) => sizeOf(join(folder, path)) !== size);
  return wrong === undefined ? undefined : `${wrong[0]} is missing or has another size`;
}

function parseList(text: string): FileList | undefined {
  try {
    return JSON.parse(text) as FileList;
  } catch {
    return undefined;
  }
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}
