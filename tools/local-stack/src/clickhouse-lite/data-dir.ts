import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

const prefix = 'clickhouse-lite-';

export interface DataDir {
  readonly path: string;
  /** Removes a temporary directory; keeps one that was asked for. */
  dispose(): void;
}

/** The directory asked for, or a temporary one named after this process. */
export function openDataDir(asked: string): DataDir {
  if (asked !== '') {
    mkdirSync(asked, { recursive: true });
    return { path: asked, dispose: () => undefined };
  }
  sweep();
  const path = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  return { path, dispose: () => rmSync(path, { recursive: true, force: true }) };
}

/** Removes temporary directories of processes that were killed. */
function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`) && existsSync('/proc/self')) {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    }
  }
}
