/** What Node runs between two callbacks of its event loop: every microtask and tick, then the rejections that nobody handled. */
interface Ticking {
  _tickCallback?(): void;
}

const ticking = process as unknown as Ticking;
// The simulation's own time replaces the global one.
const realImmediate = setImmediate;
const settled = Promise.resolve();
let isDrained = false;
const markDrained = () => {
  isDrained = true;
};

/** Runs `act` from the event loop itself, where {@link drainMicrotasks} works. Rejects with what it throws. */
export function outsideMicrotasks(act: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    realImmediate(() => {
      try {
        act();
        resolve();
      } catch (error) {
        reject(error);
      }
    });
  });
}

/**
 * Runs all microtasks to the end, with all that they start, and reports unhandled rejections, as a turn of the event loop would
 * but without one: thousands of turns a second cost more than the work between them.
 * @throws Error when it is called from a microtask, where it could do nothing, or Node has lost the (undocumented) way to do it
 */
export function drainMicrotasks(): void {
  isDrained = false;
  void settled.then(markDrained);
  ticking._tickCallback?.();
  if (!isDrained)
    throw new Error(
      'Microtasks did not run between two steps: drive the scheduler from outsideMicrotasks, on a Node that has process._tickCallback',
    );
}
