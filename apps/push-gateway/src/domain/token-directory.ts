import {
  addressOf,
  type BoardItem,
  type FrameItem,
  type TokenMetadata,
  tokenOfWeekKey,
} from '@trending/schemas';
import { same } from './same.ts';
import { shownItem } from './shown-item.ts';

/** Names and logos by token, bounded: beyond the bound the longest unchanged token is forgotten. */
export class TokenDirectory {
  readonly #entries = new Map<string, TokenMetadata>();
  /** One address may be a token on several chains. */
  readonly #byAddress = new Map<string, readonly string[]>();
  readonly #maxTokens: number;
  readonly #isPublicCategory: (category: string) => boolean;

  /** Categories that are not public are forgotten at once: a token's metadata goes out on public boards too. */
  constructor(maxTokens = 200_000, isPublicCategory: (category: string) => boolean = () => true) {
    this.#maxTokens = maxTokens;
    this.#isPublicCategory = isPublicCategory;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Null removes (a tombstone). True when boards show something else now; a token's week, under a key of its own, is shown nowhere. */
  put(token: string, metadata: TokenMetadata | null): boolean {
    if (tokenOfWeekKey(token) !== undefined) return false;
    const previous = this.#entries.get(token);
    this.#forget(token);
    if (metadata === null) return previous !== undefined;
    const categories = metadata.categories.filter(this.#isPublicCategory);
    const next = { ...metadata, categories };
    this.#enter(token, next);
    return previous === undefined || !same(shownOf(previous), shownOf(next));
  }

  #enter(token: string, metadata: TokenMetadata): void {
    this.#entries.set(token, metadata);
    this.#byAddress.set(addressOf(token), [...this.withAddress(addressOf(token)), token]);
    if (this.#entries.size <= this.#maxTokens) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#forget(oldest);
  }

  #forget(token: string): void {
    if (!this.#entries.delete(token)) return;
    const others = this.withAddress(addressOf(token)).filter((other) => other !== token);
    if (others.length === 0) this.#byAddress.delete(addressOf(token));
    else this.#byAddress.set(addressOf(token), others);
  }

  get(token: string): TokenMetadata | undefined {
    return this.#entries.get(token);
  }

  withAddress(address: string): readonly string[] {
    return this.#byAddress.get(address) ?? [];
  }

  /** What readers are shown of the item, with what is known of its token. */
  join(item: BoardItem): FrameItem {
    const known = this.#entries.get(item.token);
    const shown = shownItem(item);
    return known === undefined ? shown : { ...shown, ...shownOf(known) };
  }
}

function shownOf({ name, symbol, categories, logoUri }: TokenMetadata) {
  return { name, symbol, categories, ...(logoUri === null ? {} : { logoUri }) };
}
