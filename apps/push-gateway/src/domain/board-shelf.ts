import type { Board } from '@trending/schemas';
import type { BoardVersion } from './board-version.ts';
import { type BoardChange, BoardView, keyOf } from './board-view.ts';
import type { TokenDirectory } from './token-directory.ts';

/** Formulas the service offers even before their first board. */
const builtInFormulas = ['classic', 'trending', 'views'] as const;

/** All boards as served, in memory. Names are joined when a version is shelved, so a version never changes afterwards. */
export class BoardShelf {
  readonly #view = new BoardView();
  readonly #versions = new Map<string, BoardVersion>();
  readonly #directory: TokenDirectory;

  constructor(directory: TokenDirectory) {
    this.#directory = directory;
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
    const items = board.items.map((item) => this.#directory.join(item));
    const version = { key: keyOf(board), board, items };
    this.#versions.set(version.key, version);
    return { change, version };
  }

  /** True when there was such a board. */
  remove(key: string): boolean {
    this.#view.remove(key);
    return this.#versions.delete(key);
  }

  get(key: string): BoardVersion | undefined {
    return this.#versions.get(key);
  }

  all(): readonly BoardVersion[] {
    return [...this.#versions.values()];
  }

  /** Formulas one may ask for. */
  formulas(): readonly string[] {
    const ids = new Set<string>(builtInFormulas);
    for (const { board } of this.#versions.values()) ids.add(board.formula.id);
    return [...ids].sort();
  }

  /** Scopes that have a board, `all` first. */
  scopes(): readonly string[] {
    const scopes = new Set([...this.#versions.values()].map(({ board }) => board.scope));
    return ['all', ...[...scopes].filter((scope) => scope !== 'all').sort()];
  }
}
