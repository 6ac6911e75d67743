/** What a page's frames were like over a while. */
export interface WatchedFrames {
  /** Time from each animation frame to the next, ms. */
  readonly frameMs: readonly number[];
  /** Durations of tasks that held the main thread for 50 ms or more, ms. */
  readonly longTaskMs: readonly number[];
}

/** For the page, before anything else: `watchFrames(ms)` gives {@link WatchedFrames}. */
export const watchScript = `
  globalThis.watchFrames = (forMs) => new Promise((resolve) => {
    const frameMs = [];
    const longTaskMs = [];
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longTaskMs.push(duration);
    });
    observer.observe({ type: 'longtask' });
    const begin = performance.now();
    let last;
    requestAnimationFrame(function look(at) {
      if (last !== undefined) frameMs.push(at - last);
      last = at;
      if (performance.now() - begin < forMs) return requestAnimationFrame(look);
      observer.disconnect();
      resolve({ frameMs, longTaskMs });
    });
  });`;
