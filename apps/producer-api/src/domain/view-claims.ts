/** What a view token says. */
export interface ViewClaims {
  /** Epoch seconds at which it ends. */
  readonly expiresAt: number;
  /** The key whose backend asked for it; it ends with that key. */
  readonly key: string;
  /** Origin of the page. */
  readonly origin: string;
  /** Canonical `chain:address`: views of this token only. */
  readonly token?: string;
  /** Prefix of the visitor's network: views from there only. */
  readonly network?: string;
}

/** Where a page sends its token from. */
export interface PageFacts {
  readonly origin: string | undefined;
  readonly network: string;
  /** ms */
  readonly now: number;
}

/** What is wrong with showing these claims there; undefined when they hold. Which token is viewed is judged with each view. */
export function claimsProblem(claims: ViewClaims, page: PageFacts): string | undefined {
  if (claims.expiresAt * 1000 <= page.now) return 'the view token has expired; ask for a new one';
  if (claims.origin !== page.origin) return 'the view token is for a page of another origin';
  const isElsewhere = claims.network !== undefined && claims.network !== page.network;
  return isElsewhere ? 'the view token is for a visitor of another network' : undefined;
}

const keys = ['expiresAt', 'key', 'origin', 'token', 'network'];

/** Claims of a JSON value that we signed ourselves; undefined for anything else, such as claims of a later version. */
export function claimsOf(value: unknown): ViewClaims | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { expiresAt, ...texts } = value as Record<string, unknown>;
  const areTexts = Object.entries(texts).every(
    ([name, text]) => keys.includes(name) && typeof text === 'string',
  );
  const isWhole = typeof texts['key'] === 'string' && typeof texts['origin'] === 'string';
  return areTexts && isWhole && Number.isSafeInteger(expiresAt) ? (value as ViewClaims) : undefined;
}
