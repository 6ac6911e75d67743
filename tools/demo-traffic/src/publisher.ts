import { randomUUID } from 'node:crypto';
import { backoffDelay, type Logger } from '@trending/runtime';
import type { DemoView } from './domain/traffic.ts';
import type { DemoToken } from './tokens.ts';

export interface PublisherSettings {
  readonly url: string;
  readonly apiKey: string;
  readonly tokens: readonly DemoToken[];
  readonly logger: Logger;
}

const batchViewsMax = 1000;
const attemptsMax = 8;

/** Publishes through the public HTTP API, in batches; a batch that meets 503 or no answer is sent again with the same event ids. */
export class Publisher {
  readonly #settings: PublisherSettings;
  accepted = 0;
  failed = 0;

  constructor(settings: PublisherSettings) {
    this.#settings = settings;
  }

  /** Imports the tokens' names, symbols and categories. */
  async importTokens(): Promise<void> {
    await this.#post('/api/v1/tokens:import', { tokens: this.#settings.tokens });
  }

  /** Sends views, at most 1 000 a call, one call after the other. */
  async publish(views: readonly DemoView[]): Promise<void> {
    for (let start = 0; start < views.length; start += batchViewsMax) {
      const items = views.slice(start, start + batchViewsMax).map((view) => this.#item(view));
      if (await this.#post('/api/v1/views', items)) this.accepted += items.length;
      else this.failed += items.length;
    }
  }

  #item({ token, viewedAt, ...visitor }: DemoView): object {
    const { chain, address } = this.#settings.tokens[token] ?? {};
    return { eventId: randomUUID(), chain, address, viewedAt, ...visitor };
  }

  async #post(path: string, body: unknown): Promise<boolean> {
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const waitMs = await this.#tryPost(path, body, attempt);
      if (waitMs === 0) return true;
      if (waitMs < 0) return false;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
    this.#settings.logger.warn({ path }, 'gave up on a batch; is the producer-api up?');
    return false;
  }

  /** 0 = done, negative = refused for good, else milliseconds to wait. */
  async #tryPost(path: string, body: unknown, attempt: number): Promise<number> {
    const { url, apiKey, logger } = this.#settings;
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
    try {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(15_000),
      });
      const text = await response.text();
      if (response.ok) return 0;
      if (response.status === 503 || response.status === 429)
        return 1000 * Number(response.headers.get('retry-after') ?? 1);
      logger.error({ path, status: response.status, text: text.slice(0, 500) }, 'batch refused');
      return -1;
    } catch (error) {
      logger.debug({ err: error }, 'no answer, trying again');
      return backoffDelay({ initialMs: 200, maxMs: 5_000 }, attempt, Math.random());
    }
  }
}
