import type { BoardRef } from '@trending/schemas';
import { canonicalScope } from '@trending/schemas/addresses';

/** `formula:<id>`, `category:<name>` or `chain:<name>`; a `*` at the end stands for any rest. */
export interface BoardPattern {
  readonly field: 'formula' | 'scope' | 'detail';
  readonly text: string;
  readonly isPrefix: boolean;
}

const patternForm = /^(formula|category|chain):[a-z0-9+][a-z0-9+._-]{0,62}\*?$/;

/** A scope is named as boards are, however it was written. Undefined for anything that is not a pattern. */
export function boardPattern(text: string): BoardPattern | undefined {
  if (!patternForm.test(text)) return undefined;
  const isPrefix = text.endsWith('*');
  const whole = isPrefix ? text.slice(0, -1) : text;
  return whole.startsWith('formula:')
    ? { field: 'formula', text: whole.slice('formula:'.length), isPrefix }
    : { field: 'scope', text: isPrefix ? whole : canonicalScope(whole), isPrefix };
}

/** Grants no board but what explanations tell operators alone: networks. */
const operatorDetail: BoardPattern = { field: 'detail', text: 'operator', isPrefix: false };

/** What a token may grant: boards by their pattern, or `detail:operator`. Undefined for anything else. */
export function grantPattern(text: string): BoardPattern | undefined {
  return text === 'detail:operator' ? operatorDetail : boardPattern(text);
}

function matches({ field, text, isPrefix }: BoardPattern, board: BoardRef): boolean {
  if (field === 'detail') return false;
  return isPrefix ? board[field].startsWith(text) : board[field] === text;
}

/** How long grants hold. */
export interface Term {
  /** ms; Infinity for what never ends. Becomes 0 when what granted them is taken back. */
  readonly expiresAt: number;
}

const forEver: Term = { expiresAt: Number.POSITIVE_INFINITY };

/** What one reader may see: every public board, and the private ones granted for a term. */
export class BoardAccess {
  readonly #privates: readonly BoardPattern[];
  readonly #grants: readonly BoardPattern[];
  readonly #term: Term;

  constructor(
    privates: readonly BoardPattern[],
    grants: readonly BoardPattern[] = [],
    term = forEver,
  ) {
    this.#privates = privates;
    this.#grants = grants;
    this.#term = term;
  }

  /** ms; may come sooner than it was said before. */
  get expiresAt(): number {
    return this.#term.expiresAt;
  }

  /** Answers that depend on it must not be shared between readers. */
  get hasGrants(): boolean {
    return this.#grants.length > 0;
  }

  /** May explanations tell it what is for operators? */
  get showsDetail(): boolean {
    return this.#grants.includes(operatorDetail);
  }

  get hasPrivateBoards(): boolean {
    return this.#privates.length > 0;
  }

  isPrivate(board: BoardRef): boolean {
    return this.#privates.some((pattern) => matches(pattern, board));
  }

  /**
   * A board that is private twice (a secret category under a secret formula) needs a grant for each of the two.
   */
  allows(board: BoardRef): boolean {
    return this.#privates
      .filter((pattern) => matches(pattern, board))
      .every(({ field }) =>
        this.#grants.some((grant) => grant.field === field && matches(grant, board)),
      );
  }

  /** Categories of a token's metadata that anybody may know. */
  isPublicCategory(category: string): boolean {
    return !this.isPrivate({ formula: '', window: '', scope: `category:${category}` });
  }
}
