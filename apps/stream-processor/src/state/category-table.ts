import type { TokenMetadata } from '@trending/schemas';
import { categoriesMax } from '../domain/counting-rules.ts';
import { byToken } from '../domain/token-order.ts';

const none: readonly string[] = [];

/** Categories by token, as of a metadata offset; shared by all partitions of a process. */
export class CategoryTable {
  readonly #categories = new Map<string, readonly string[]>();
  #offset = 0;

  /** First metadata offset that is not applied yet. */
  get offset(): number {
    return this.#offset;
  }

  readonly categoriesOf = (token: string): readonly string[] => this.#categories.get(token) ?? none;

  /** Applies one record: the metadata of `token`, or its deletion. Returns whether its categories changed. */
  apply(offset: number, token: string, metadata: TokenMetadata | null): boolean {
    this.#offset = offset + 1;
    const before = this.categoriesOf(token);
    const after = [...new Set(metadata?.categories)].sort(byToken).slice(0, categoriesMax);
    if (after.length === 0) this.#categories.delete(token);
    else this.#categories.set(token, after);
    return before.join('|') !== after.join('|');
  }

  /** Everything below `offset` was seen, though compaction may have removed the last records. */
  skipTo(offset: number): void {
    this.#offset = Math.max(this.#offset, offset);
  }
}
