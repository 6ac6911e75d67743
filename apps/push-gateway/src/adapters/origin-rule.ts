/** Which web pages may connect. Requests without an origin do not come from a browser's page; CORS does not concern them. */
export class OriginRule {
  readonly #all: boolean;
  readonly #allowed: ReadonlySet<string>;

  constructor(allowed: readonly string[]) {
    this.#all = allowed.includes('*');
    this.#allowed = new Set(allowed);
  }

  allows(origin: string | undefined): boolean {
    return this.#all || origin === undefined || this.#allowed.has(origin);
  }
}
