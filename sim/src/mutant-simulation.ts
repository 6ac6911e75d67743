import { registerHooks } from 'node:module';
import type { Catch } from './mutant.ts';
import { type Patch, patchTexts } from './texts.ts';

/** Runs seed after seed with the change until one goes wrong. Code loaded before stays as it is. */
export async function simulateMutant(patch: Patch, seedsMax: number): Promise<Catch | undefined> {
  patchTexts(patch);
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      if (loaded.source === undefined || loaded.source === null) return loaded;
      const text = Buffer.from(loaded.source as Uint8Array).toString();
      const changed = patch(url, text);
      return changed === text ? loaded : { ...loaded, source: changed };
    },
  });
  const { runSeed } = await import('./run.ts');
  for (let seed = 1; seed <= seedsMax; seed += 1) {
    const { error } = await runSeed(seed);
    if (error !== undefined)
      return { by: `seed ${seed}`, error: `${error.name}: ${error.message}` };
  }
  return undefined;
}
