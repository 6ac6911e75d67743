import type { BeaconOptions } from './options.ts';

/** Longest wait for the page's function to give a token, ms. */
const withinMs = 5_000;

type Asked = Exclude<BeaconOptions['viewToken'], string | undefined>;

export interface ViewTokenSource {
  /** Asks, so that the token is there when it is needed. */
  ask(): void;
  /**
   * The token, without waiting when it has come by now; the next one is asked for anew. Rejects when none comes within 5 s, or
   * with what the page's function throws.
   */
  take(): string | undefined | Promise<string>;
  /** What `take` gives, for a token that the service did not believe: once, and never where only a text is known. */
  replace(): string | undefined | Promise<string>;
}

export function createViewTokenSource(from: BeaconOptions['viewToken']): ViewTokenSource {
  let asked: string | undefined | Promise<string>;
  let isReplaced = false;
  const ask = (): void => {
    if (asked !== undefined || typeof from !== 'function') return;
    const coming = tokenOf(from);
    asked = coming;
    const settled = (token?: string): void => {
      if (asked === coming) asked = token;
    };
    // What did not come is asked for anew.
    coming.then(settled, () => settled());
  };
  const take = () => {
    if (typeof from !== 'function') return from;
    ask();
    const taken = asked;
    asked = undefined;
    return taken;
  };
  const replace = () => {
    if (isReplaced || typeof from !== 'function') return undefined;
    isReplaced = true;
    return take();
  };
  return { ask, take, replace };
}

/** A backend that never answers must not hold the view for ever. */
function tokenOf(from: Asked): Promise<string> {
  const end = new AbortController();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const late = new Error(`no view token within ${withinMs} ms`);
      reject(late);
      end.abort(late);
    }, withinMs);
    (async () => from(end.signal))()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
