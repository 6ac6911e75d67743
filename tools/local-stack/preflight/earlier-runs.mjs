import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Was everything fetched before? A quick look; the start itself compares every file. */
export function cacheLooksFilled(root, env) {
  const jvm = join(resolve(root, env.TRENDING_CACHE || '.cache'), 'jvm');
  return ['kafka-4.3.0', 'apicurio-registry-3.0.9'].every((name) =>
    existsSync(join(jvm, name, 'files.json')),
  );
}

/** The living stack at this offset, or undefined. */
export function stackAt(root, offset) {
  try {
    const stack = JSON.parse(readFileSync(join(root, `.data/run/${offset}.json`), 'utf8'));
    process.kill(stack.pid, 0);
    return stack;
  } catch {
    return undefined;
  }
}
