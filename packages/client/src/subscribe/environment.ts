/** What the connection needs from its host: time, chance, and whether anybody could see the board. */
export interface Environment {
  /** Epoch ms. */
  now(): number;
  /** Uniform in [0, 1). */
  random(): number;
  /** Calls back once after `ms`; the result cancels it. */
  after(ms: number, callback: () => void): () => void;
  isOnline(): boolean;
  isVisible(): boolean;
  /** Calls back when one of the two changes; the result stops it. */
  onChange(listener: () => void): () => void;
}

/** The browser's environment; outside a browser always online and visible. */
export function hostEnvironment(): Environment {
  const page = typeof document === 'undefined' ? undefined : document;
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    after: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
    isOnline: () => page === undefined || navigator.onLine,
    isVisible: () => page === undefined || page.visibilityState === 'visible',
    onChange: (listener) => (page === undefined ? () => undefined : listen(page, listener)),
  };
}

function listen(page: Document, listener: () => void): () => void {
  const targets: readonly [EventTarget, string][] = [
    [page, 'visibilitychange'],
    [globalThis, 'online'],
    [globalThis, 'offline'],
  ];
  for (const [target, name] of targets) target.addEventListener(name, listener);
  return () => {
    for (const [target, name] of targets) target.removeEventListener(name, listener);
  };
}
