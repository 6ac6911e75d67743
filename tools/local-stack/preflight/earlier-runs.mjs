import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Was everything fetched before? A quick look; the start itself compares every file. */
export function cacheLooksFilled(root, env) {
  const jvm = join(resolve(root, env.TRENDING_CACHE || '.cache'), 'jvm');
  return ['kafka-4.3.0', 'apicurio-registry-3.0.9'].every((name) =>
    existsSync(join(jvm, name, 'files.json')),
  );
}

/** Is it running? A zombie, dead and not yet buried by its parent, is not. */
export function processIsAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  try {
    // proc(5): the state follows the command in parentheses, which may itself hold parentheses.
    return !/\) Z [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}

/** The living stack at this offset, or undefined. */
export function stackAt(root, offset) {
  try {
    const stack = JSON.parse(readFileSync(join(root, `.data/run/${offset}.json`), 'utf8'));
    return processIsAlive(stack.pid) ? stack : undefined;
  } catch {
    return undefined;
  }
}
