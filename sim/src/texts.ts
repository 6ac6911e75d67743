import { readFileSync } from 'node:fs';

/** Changes the text of a file on its way in; throws when there is nothing to change in a file that it is meant for. */
export type Patch = (path: string, text: string) => string;

let patch: Patch = (_, text) => text;

export function patchTexts(change: Patch): void {
  patch = change;
}

/** A text of the repository, as the running mutant wants it. `path` from the repository's root. */
export function repositoryText(path: string): string {
  return patch(path, readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));
}
