/** What a page's frames were like over a while. */
export interface WatchedFrames {
  /** Time from each animation frame to the next, ms. */
  readonly frameMs: readonly number[];
  /** Durations of tasks that held the main thread for 50 ms or more, ms. */
  readonly longTaskMs: readonly number[];
  /** Scores of the layout shifts (Layout Instability API). */
  readonly shifts: readonly number[];
}

/** For the page, before anything else: `watchFrames(ms)` gives {@link WatchedFrames}. */
export const watchScript = `
  globalThis.watchFrames = (forMs) => new Promise((resolve) => {
    const frameMs = [];
    const longTaskMs = [];
    const shifts = [];
    const observers = [
      ['longtask', ({ duration }) => longTaskMs.push(duration)],
      ['layout-shift', ({ value }) => shifts.push(value)],
    ].map(([type, take]) => {
      const observer = new PerformanceObserver((list) => list.getEntries().forEach(take));
      observer.observe({ type });
      return observer;
    });
    const begin = performance.now();
    let last;
    requestAnimationFrame(function look(at) {
      if (last !== undefined) frameMs.push(at - last);
      last = at;
      if (performance.now() - begin < forMs) return requestAnimationFrame(look);
      for (const observer of observers) observer.disconnect();
      resolve({ frameMs, longTaskMs, shifts });
    });
  });`;
