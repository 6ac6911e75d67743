import type { Patch } from './texts.ts';

/** A single fault put into the code on its way in. */
export interface Mutant {
  readonly name: string;
  /** End of the file's path. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** A test file, from the repository's root, that goes red with it: where the code lies below the simulation, or its worlds are too small. */
  readonly caughtBy?: string;
}

/** Who caught a mutant, and as what. */
export interface Catch {
  readonly by: string;
  readonly error: string;
}

/** Puts the mutant in. `wasApplied` tells whether its file was ever read. */
export function patchOf(mutant: Mutant): { readonly patch: Patch; wasApplied(): boolean } {
  let isApplied = false;
  const patch: Patch = (path, text) => {
    if (!path.endsWith(mutant.file)) return text;
    isApplied = true;
    return rewritten(mutant, text);
  };
  return { patch, wasApplied: () => isApplied };
}

/** Changes every place. @throws Error when there is none */
function rewritten({ name, file, from, to }: Mutant, text: string): string {
  if (!text.includes(from)) throw new Error(`mutant '${name}': nothing to change in ${file}`);
  return text.replaceAll(from, () => to);
}
