import { hoursOfWeek, type TokenMetadata, tokenOfWeekKey } from '@trending/schemas';
import { categoriesMax } from '../domain/counting-rules.ts';
import { byToken } from '../domain/token-order.ts';

const none: readonly string[] = [];

/** What is known of tokens besides their views. */
export interface KnownTokens {
  /** Categories of a token now, at most `categoriesMax`, sorted. */
  categoriesOf(token: string): readonly string[];
  /** When the token itself began, ms; undefined where nobody said. */
  createdAtOf?(token: string): number | undefined;
  /** Indices of the hours of the token's own week, micro; undefined where it has none. */
  weekOf?(token: string): ArrayLike<number> | undefined;
}

/** What a record changed: nothing, the week of a token, or its categories or age, which sums over tokens are made of. */
export type KnownChange = 'nothing' | 'week' | 'sums';

/** Categories, ages and weeks by token, as of a metadata offset; shared by all partitions of a process. */
export class CategoryTable implements KnownTokens {
  readonly #categories = new Map<string, readonly string[]>();
  readonly #createdAt = new Map<string, number>();
  /** Of few tokens: whoever tells weeks tells those of the most viewed. */
  readonly #weeks = new Map<string, Int32Array>();
  #offset = 0;

  /** First metadata offset that is not applied yet. */
  get offset(): number {
    return this.#offset;
  }

  readonly categoriesOf = (token: string): readonly string[] => this.#categories.get(token) ?? none;
  readonly createdAtOf = (token: string): number | undefined => this.#createdAt.get(token);
  readonly weekOf = (token: string): ArrayLike<number> | undefined => this.#weeks.get(token);

  /** Applies one record: what its key's token is, or its deletion. */
  apply(offset: number, key: string, metadata: TokenMetadata | null): KnownChange {
    this.#offset = offset + 1;
    const weekly = tokenOfWeekKey(key);
    if (weekly !== undefined) {
      this.#applyWeek(weekly, metadata);
      return 'week';
    }
    const before = this.categoriesOf(key);
    const after = [...new Set(metadata?.categories)].sort(byToken).slice(0, categoriesMax);
    if (after.length === 0) this.#categories.delete(key);
    else this.#categories.set(key, after);
    const bornBefore = this.createdAtOf(key);
    const bornAfter = metadata?.createdAt ?? undefined;
    if (bornAfter === undefined) this.#createdAt.delete(key);
    else this.#createdAt.set(key, bornAfter);
    const isSame = before.join('|') === after.join('|') && bornBefore === bornAfter;
    return isSame ? 'nothing' : 'sums';
  }

  /** Everything below `offset` was seen, though compaction may have removed the last records. */
  skipTo(offset: number): void {
    this.#offset = Math.max(this.#offset, offset);
  }

  #applyWeek(token: string, metadata: TokenMetadata | null): void {
    const week = metadata?.week?.indexMicro;
    if (week?.length === hoursOfWeek) this.#weeks.set(token, Int32Array.from(week));
    else this.#weeks.delete(token);
  }
}
