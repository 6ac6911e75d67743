import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mavenFolder } from '../../src/paths.ts';

// Maven runs with strict checksums, so a pom of our own without the right one fails on a fresh machine only.
test('every pom of the stub repository comes with its checksum', () => {
  const poms = globSync('repository/**/*.pom', { cwd: mavenFolder });
  expect(poms.length).toBeGreaterThan(0);
  for (const pom of poms) {
    const path = join(mavenFolder, pom);
    const sum = createHash('sha1').update(readFileSync(path)).digest('hex');
    expect(readFileSync(`${path}.sha1`, 'utf8')).toBe(sum);
  }
});
