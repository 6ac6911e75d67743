import type { ViewEvent } from './view-event.ts';

/** A view further ahead of the stream than this, ms, has to wait until another visitor's is too. */
const leapMs = 3_600_000;
/** So many views in a row are believed even when all are one visitor's. */
const runMax = 16;
const heldMax = 1_000;
/** Further ahead the last view of all is not believed: it would only make empty steps, for years perhaps. */
const lastLeapMs = 31 * 86_400_000;

/**
 * Keeps one wrong clock from moving the stream: views far ahead are held until two visitors in a row say that it is so late, or
 * until the stream has come near by itself. Views that are not far ahead pass at once, in their order.
 */
export class LeapGuard {
  /** Greatest event time that passed, ms. */
  #streamTime: number | undefined;
  /** In the order of arrival. */
  #held: ViewEvent[] = [];
  /** So many of the newest held came in a row, with no view between them that passed. */
  #run = 0;
  #nearestHeld = Number.POSITIVE_INFINITY;
  /** Views left out because nothing ever came near them. */
  refused = 0;

  /** @returns the views that may pass now */
  take(event: ViewEvent): readonly ViewEvent[] {
    const { viewedAt } = event.view;
    if (this.#streamTime === undefined || viewedAt > this.#streamTime + leapMs)
      return this.#hold(event);
    this.#run = 0;
    this.#streamTime = Math.max(this.#streamTime, viewedAt);
    const passed = this.bounded(event);
    if (this.#nearestHeld > this.#streamTime + leapMs) return [passed];
    return [passed, ...this.#release(this.#streamTime)];
  }

  /** The log has ended. @returns what is still held and is to be believed */
  end(): readonly ViewEvent[] {
    const times = this.#held.slice(this.#held.length - this.#run).map(({ view }) => view.viewedAt);
    const from = this.#streamTime ?? Math.min(...times);
    const believed = times.filter((time) => time <= from + lastLeapMs);
    const passed = believed.length === 0 ? [] : this.#release(Math.max(...believed));
    this.refused += this.#held.length;
    this.#held = [];
    return passed;
  }

  /** The event with a log time near the stream: a greater one would keep the log from ever forgetting. */
  bounded(event: ViewEvent): ViewEvent {
    const latest = (this.#streamTime ?? event.timestamp) + leapMs;
    return event.timestamp <= latest ? event : { view: event.view, timestamp: latest };
  }

  #hold(event: ViewEvent): readonly ViewEvent[] {
    this.#held.push(event);
    this.#run += 1;
    if (this.#held.length > heldMax) {
      this.#held.shift();
      this.refused += 1;
    }
    this.#nearestHeld = Math.min(this.#nearestHeld, event.view.viewedAt);
    const agreed = this.#agreed(event);
    return agreed === undefined ? [] : this.#release(agreed);
  }

  /** The latest time that the newest view and another visitor's before it both reach. */
  #agreed({ view: newest }: ViewEvent): number | undefined {
    const run = this.#held.slice(this.#held.length - this.#run);
    const others = run.filter(({ view }) => Buffer.compare(view.viewer, newest.viewer) !== 0);
    if (others.length > 0)
      return Math.min(newest.viewedAt, Math.max(...others.map(({ view }) => view.viewedAt)));
    return run.length < runMax ? undefined : Math.min(...run.map(({ view }) => view.viewedAt));
  }

  #release(time: number): ViewEvent[] {
    const isNear = ({ view }: ViewEvent) => view.viewedAt <= time + leapMs;
    const near = this.#held.filter(isNear);
    // Those before one that passes are contradicted by it.
    const sinceNear = this.#held.length - 1 - this.#held.findLastIndex(isNear);
    this.#run = Math.min(this.#run, sinceNear);
    this.#held = this.#held.filter((event) => !isNear(event));
    const times = near.map(({ view }) => view.viewedAt);
    this.#streamTime = Math.max(this.#streamTime ?? 0, ...times);
    this.#nearestHeld = Math.min(...this.#held.map(({ view }) => view.viewedAt));
    return near.map((event) => this.bounded(event));
  }
}
