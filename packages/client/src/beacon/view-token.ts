import type { BeaconOptions } from './options.ts';

export interface ViewTokenSource {
  /** Asks, so that the token is there when it is needed. */
  ask(): void;
  /** The token, without waiting when it has come by now; the next one is asked for anew. */
  take(): string | undefined | Promise<string>;
}

export function createViewTokenSource(from: BeaconOptions['viewToken']): ViewTokenSource {
  let asked: string | undefined | Promise<string>;
  const ask = (): void => {
    if (asked !== undefined || typeof from !== 'function') return;
    const coming = (async () => from())();
    asked = coming;
    coming.then(
      (token) => {
        if (asked === coming) asked = token;
      },
      () => undefined,
    );
  };
  const take = () => {
    if (typeof from !== 'function') return from;
    ask();
    const taken = asked;
    asked = undefined;
    return taken;
  };
  return { ask, take };
}
