import type { PageConfigAnswer } from '@trending/schemas/http/tokens';

/** What the page must know of its service; without it the page still works, only without the demo. */
export type PageConfig = Pick<PageConfigAnswer, 'demoUrl' | 'publishUrl' | 'version'>;

export async function fetchPageConfig(): Promise<PageConfig> {
  try {
    const answer = await fetch('/config.json');
    if (answer.ok) return (await answer.json()) as PageConfigAnswer;
  } catch {
    // The board's own connection pill tells of a gateway that is away.
  }
  return { demoUrl: null, publishUrl: null, version: '' };
}
