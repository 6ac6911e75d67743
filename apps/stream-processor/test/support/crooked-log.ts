import fc from 'fast-check';
import type { LoggedView } from './stepped-topology.ts';

/** Views arrive out of order by up to this; a viewer's views of one token keep their order, as one publisher sends them. */
const disorderMs = 5_000;
/** Copies come at most so much later: within what the log remembers. */
const copyWithinMs = 540_000;

/** What becomes of one view: how late it arrives, and whether and when a copy of it does; ms. */
export interface Fate {
  readonly late: number;
  readonly copyAfter: number | undefined;
}

/** Drawn for every view. */
export const fates: fc.Arbitrary<Iterator<Fate>> = fc.infiniteStream(
  fc.record({
    late: fc.nat(disorderMs),
    copyAfter: fc.oneof(fc.constant(undefined), fc.nat(copyWithinMs)),
  }),
);

/**
 * The log as another broker could have got it: disordered, with copies. `borderOf` names the end of the step that a time lies in: no
 * view comes later than it for the first time, since two services can only show the same when both know the same views by then.
 */
export function otherwise(
  log: readonly LoggedView[],
  drawn: Iterator<Fate>,
  borderOf: (timestamp: number) => number,
): LoggedView[] {
  const arrived = new Map<string, number>();
  const all = log.flatMap(({ view, timestamp }): LoggedView[] => {
    const { late, copyAfter }: Fate = drawn.next().value;
    const publisher = `${view.token} ${view.viewer.join()}`;
    const latest = Math.min(timestamp + late, borderOf(timestamp));
    const at = Math.max(arrived.get(publisher) ?? 0, latest);
    arrived.set(publisher, at);
    const copy = copyAfter === undefined ? [] : [{ view, timestamp: at + copyAfter }];
    return [{ view, timestamp: at }, ...copy];
  });
  return all.sort((a, b) => a.timestamp - b.timestamp);
}

/** Folds a log up to each step's end, in order, and shows what a service makes of it. */
export class LogReader {
  readonly #log: readonly LoggedView[];
  #next = 0;

  constructor(log: readonly LoggedView[]) {
    this.#log = log;
  }

  /** The views that arrived until `asOf` and were not read yet. */
  until(asOf: number): LoggedView[] {
    const from = this.#next;
    while ((this.#log[this.#next]?.timestamp ?? Number.POSITIVE_INFINITY) <= asOf) this.#next += 1;
    return this.#log.slice(from, this.#next);
  }
}
