import type { Board, BoardRef } from '@trending/schemas';
import { BoardAccess } from './board-access.ts';
import type { BoardVersion } from './board-version.ts';
import { type BoardChange, BoardView, keyOf } from './board-view.ts';
import type { TokenDirectory } from './token-directory.ts';

/** Formulas the service offers even before their first board. */
const builtInFormulas = ['classic', 'trending', 'views'] as const;

/** All boards as served, in memory. Names are joined when a version is shelved, and once more when they change: as a new object, the old one stays as it was. */
export class BoardShelf {
  readonly #view = new BoardView();
  readonly #versions = new Map<string, BoardVersion>();
  readonly #directory: TokenDirectory;
  readonly #everybody: BoardAccess;

  /** Lists show what `everybody` may see, unless they are asked for by somebody in particular. */
  constructor(directory: TokenDirectory, everybody = new BoardAccess([])) {
    this.#directory = directory;
    this.#everybody = everybody;
  }

  get size(): number {
    return this.#versions.size;
  }

  fence(offset: number): void {
    this.#view.fence(offset);
  }

  apply(board: Board): { readonly change: BoardChange; readonly version?: BoardVersion } {
    const change = this.#view.apply(board);
    if (change.kind === 'dropped') return { change };
    const version = this.versionOf(board);
    this.#versions.set(version.key, version);
    return { change, version };
  }

  /** The board with the names that are known now, not shelved. */
  versionOf(board: Board): BoardVersion {
    const items = board.items.map((item) => this.#directory.join(item));
    return { key: keyOf(board), board, items };
  }

  /** What is known of these tokens has changed: the boards that show one are shelved with it. */
  rename(tokens: ReadonlySet<string>): void {
    if (tokens.size === 0) return;
    for (const [key, { board, items }] of this.#versions)
      if (items.some(({ token }) => tokens.has(token)))
        this.#versions.set(key, this.versionOf(board));
  }

  /** True when there was such a board and is not any more: see {@link BoardView.remove}. */
  remove(key: string, deletedIn?: number): boolean {
    return this.#view.remove(key, deletedIn) && this.#versions.delete(key);
  }

  get(key: string): BoardVersion | undefined {
    return this.#versions.get(key);
  }

  all(access = this.#everybody): readonly BoardVersion[] {
    const versions = [...this.#versions.values()];
    if (!access.hasPrivateBoards) return versions;
    return versions.filter(({ board }) => access.allows(refOf(board)));
  }

  /** Formulas one may ask for. */
  formulas(access = this.#everybody): readonly string[] {
    const ids = new Set<string>(builtInFormulas);
    for (const { board } of this.#versions.values()) ids.add(board.formula.id);
    const shown = [...ids].filter((formula) =>
      access.allows({ formula, window: '', scope: 'all' }),
    );
    return shown.sort();
  }

  /** Scopes that have a board, `all` first. */
  scopes(access = this.#everybody): readonly string[] {
    const scopes = new Set(this.all(access).map(({ board }) => board.scope));
    return ['all', ...[...scopes].filter((scope) => scope !== 'all').sort()];
  }
}

function refOf({ formula, window, scope }: Board): BoardRef {
  return { formula: formula.id, window, scope };
}
