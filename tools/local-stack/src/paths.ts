import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout this file lives in. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

export const mavenFolder = join(root, 'tools/local-stack/maven');

/** Run files and logs of running stacks. */
export const runFolder = join(root, '.data/run');

/** Fetched software, kept between runs. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  return resolve(root, env['TRENDING_CACHE'] || '.cache');
}
