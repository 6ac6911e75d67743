import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { mavenFolder } from '../paths.ts';
import type { Reporter } from '../reporter.ts';
import { runToEnd } from '../supervisor/run-to-end.ts';
import { type Artefact, artefacts } from './artefact.ts';
import { damageIn, filesIn, writeFileList } from './file-list.ts';

export interface FetchSettings {
  readonly cache: string;
  readonly reporter: Reporter;
}

export function artefactFolder(cache: string, artefact: Artefact): string {
  return join(cache, 'jvm', artefact.name);
}

/** Fetches what of `wanted` is missing or damaged, in parallel. @throws Error with Maven's last lines and the fix. */
export async function fetchArtefacts(
  settings: FetchSettings,
  wanted: readonly Artefact[] = artefacts,
): Promise<void> {
  const missing = wanted.filter(
    (artefact) =>
      damageIn(artefactFolder(settings.cache, artefact), artefact.mustHave) !== undefined,
  );
  if (missing.length === 0) return;
  const results = await Promise.allSettled(missing.map((artefact) => fetchOne(artefact, settings)));
  // Two Mavens share one local repository; a clash between them is cured by asking again alone.
  for (const [index, artefact] of missing.entries()) {
    if (results[index]?.status === 'rejected') await fetchOne(artefact, settings);
  }
}

/** Into a staging folder first: a broken download is never taken for a good one. */
async function fetchOne(artefact: Artefact, { cache, reporter }: FetchSettings): Promise<void> {
  const target = artefactFolder(cache, artefact);
  const staging = `${target}.part-${process.pid}`;
  const log = join(cache, 'jvm', `${artefact.name}-maven.log`);
  mkdirSync(staging, { recursive: true });
  const done = reporter.longTask(`fetching ${artefact.label} (${artefact.sizeMb} MB, once)`);
  try {
    await runToEnd({
      command: 'mvn',
      args: ['-B', '-C', '-f', artefact.pom, `-Dout=${staging}`, ...artefact.goals],
      cwd: mavenFolder,
      log,
      timeoutMs: 10 * 60_000,
      fix: `check the network and Maven's settings, then try again (full log: ${log})`,
    });
    writeFileList(staging, await filesIn(staging));
    const damage = damageIn(staging, artefact.mustHave);
    if (damage !== undefined) throw new Error(`${artefact.label} came incomplete: ${damage}`);
    rmSync(target, { recursive: true, force: true });
    renameSync(staging, target);
    done(true);
  } catch (error) {
    done(false);
    throw error;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}
