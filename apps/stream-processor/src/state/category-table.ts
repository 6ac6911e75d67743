import type { TokenMetadata } from '@trending/schemas';
import { categoriesMax } from '../domain/counting-rules.ts';
import { byToken } from '../domain/token-order.ts';

const none: readonly string[] = [];

/** What is known of tokens besides their views. */
export interface KnownTokens {
  /** Categories of a token now, at most `categoriesMax`, sorted. */
  categoriesOf(token: string): readonly string[];
  /** When the token itself began, ms; undefined where nobody said. */
  createdAtOf?(token: string): number | undefined;
}

/** Categories and ages by token, as of a metadata offset; shared by all partitions of a process. */
export class CategoryTable implements KnownTokens {
  readonly #categories = new Map<string, readonly string[]>();
  readonly #createdAt = new Map<string, number>();
  #offset = 0;

  /** First metadata offset that is not applied yet. */
  get offset(): number {
    return this.#offset;
  }

  readonly categoriesOf = (token: string): readonly string[] => this.#categories.get(token) ?? none;
  readonly createdAtOf = (token: string): number | undefined => this.#createdAt.get(token);

  /** Applies one record: the metadata of `token`, or its deletion. Returns whether what is known here changed. */
  apply(offset: number, token: string, metadata: TokenMetadata | null): boolean {
    this.#offset = offset + 1;
    const before = this.categoriesOf(token);
    const after = [...new Set(metadata?.categories)].sort(byToken).slice(0, categoriesMax);
    if (after.length === 0) this.#categories.delete(token);
    else this.#categories.set(token, after);
    const bornBefore = this.createdAtOf(token);
    const bornAfter = metadata?.createdAt ?? undefined;
    if (bornAfter === undefined) this.#createdAt.delete(token);
    else this.#createdAt.set(token, bornAfter);
    return before.join('|') !== after.join('|') || bornBefore !== bornAfter;
  }

  /** Everything below `offset` was seen, though compaction may have removed the last records. */
  skipTo(offset: number): void {
    this.#offset = Math.max(this.#offset, offset);
  }
}
