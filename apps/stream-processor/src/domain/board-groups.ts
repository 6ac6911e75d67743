import { scopeAll, type WindowName } from '@trending/schemas';
import { hashText } from './hash.ts';

/**
 * Groups that boards of chains and categories are made in, each by itself: with 26 categories, all of them at once would keep a process
 * from other work for 35 ms.
 */
const scopeGroups: readonly number[] = [0, 1, 2, 3];
/** So many at once are not too many: then all are in the first group, and are written together. */
const scopesTogetherMax = 12;

/** Which group a scope is in changes only with the sets of candidates, and then every part is made anew. */
function scopeGroupOf(scope: string, scopes: number): number {
  return scopes <= scopesTogetherMax ? 0 : hashText(scope) % scopeGroups.length;
}

/** The boards of a window that are made together. */
export interface BoardSelection {
  readonly window: WindowName;
  /** The board of all tokens. */
  readonly all: boolean;
  /** The boards of chains and categories. */
  readonly scopes: boolean;
  /** Of chains and categories only this group; all of them where it says nothing. */
  readonly group?: number;
}

/** Boards of a window that are made together: that of all tokens, or a group of those of chains and categories. */
export type BoardPartName = 'all' | `scopes ${number}`;

/** The parts that a selection is made of. */
export function partsOf({ all, scopes, group }: Omit<BoardSelection, 'window'>): BoardPartName[] {
  const names: BoardPartName[] = all ? ['all'] : [];
  if (scopes)
    for (const each of group === undefined ? scopeGroups : [group]) names.push(`scopes ${each}`);
  return names;
}

/** All parts of a window, and what each of them selects. */
export function selectionsOf(
  window: WindowName,
): readonly { readonly name: BoardPartName; readonly selection: BoardSelection }[] {
  return [
    { name: 'all', selection: { window, all: true, scopes: false } },
    ...scopeGroups.map((group) => ({
      name: `scopes ${group}` as const,
      selection: { window, all: false, scopes: true, group },
    })),
  ];
}

/** Is the board of the scope to be made? `served`: scopes that have boards, that of all tokens too. */
export function isSelected(
  { all, scopes, group }: BoardSelection,
  scope: string,
  served: number,
): boolean {
  if (scope === scopeAll) return all;
  return scopes && (group === undefined || group === scopeGroupOf(scope, served - 1));
}
