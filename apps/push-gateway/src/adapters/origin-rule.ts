/** Which web pages may connect. Requests without an origin do not come from a browser's page; CORS does not concern them. */
export class OriginRule {
  readonly #all: boolean;
  readonly #allowed: ReadonlySet<string>;

  constructor(allowed: readonly string[]) {
    this.#all = allowed.includes('*');
    this.#allowed = new Set(allowed);
  }

  /** `host` is the request's own: pages of the gateway itself may always connect, and say their origin as any other. */
  allows(origin: string | undefined, host: string | undefined): boolean {
    if (this.#all || origin === undefined || this.#allowed.has(origin)) return true;
    return host !== undefined && isSameHost(origin, host);
  }
}

/** Hosts and ports only: where a proxy ends TLS, the page has another scheme than the request that arrives here. */
function isSameHost(origin: string, host: string): boolean {
  const page = URL.parse(origin);
  if (page === null || page.host === '') return false;
  // An origin leaves out the default port of its scheme; a proxy may name it.
  const port = page.port || (page.protocol === 'https:' ? 443 : 80);
  return [page.host, `${page.hostname}:${port}`].includes(host.toLowerCase());
}
