import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const version = '4.32.5';
const folder = fileURLToPath(
  new URL(`../../../../.cache/schemathesis-${version}`, import.meta.url),
);
/** A test's set-up may take 240 s. */
const installTimeoutMs = 220_000;
const execute = promisify(execFile);

export type Installed =
  | { readonly ok: true; readonly command: string }
  /** What this machine lacks. */
  | { readonly ok: false; readonly missing: string };

/** Schemathesis in a Python environment of its own in `.cache/`, fetched once. */
export async function installSchemathesis(): Promise<Installed> {
  // pip puts a package in after what it needs, so when this is here everything is.
  const command = `${folder}/bin/schemathesis`;
  if (existsSync(command)) return { ok: true, command };
  await rm(folder, { recursive: true, force: true });
  try {
    await execute('python3', ['-m', 'venv', folder]);
  } catch {
    return { ok: false, missing: 'python3 -m venv does not work here: install python3-venv' };
  }
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  try {
    await execute(`${folder}/bin/python`, [...pip, `schemathesis==${version}`], {
      timeout: installTimeoutMs,
    });
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr ?? '').trim();
    const last = said.split('\n').at(-1) || 'no answer in time';
    return { ok: false, missing: `pip could not fetch schemathesis ${version}: ${last}` };
  }
  return { ok: true, command };
}
