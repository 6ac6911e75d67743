import type { Page } from 'playwright-core';

/** Keys of the rows, top first. Text, because these tests know no browser types. */
export function shownTokens(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(
    `[...(document.querySelector('trending-tokens')?.shadowRoot?.querySelectorAll('[data-token]') ?? [])].map((row) => row.dataset.token)`,
  );
}
