import { ClickHouseException } from './exceptions.ts';

export interface QuerySlots {
  /** Resolves with the release function; refuses at once when the queue is full. */
  acquire(): Promise<() => void>;
}

export interface QuerySlotSettings {
  /** Statements inside the engine at a time. */
  readonly runningMax: number;
  /** Statements that may wait for their turn. */
  readonly waitingMax: number;
}

/** First come, first served; both numbers are hard bounds. */
export function createQuerySlots({ runningMax, waitingMax }: QuerySlotSettings): QuerySlots {
  const waiting: (() => void)[] = [];
  let running = 0;
  const release = () => {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  };
  const once = () => {
    let isReleased = false;
    return () => {
      if (!isReleased) release();
      isReleased = true;
    };
  };
  return {
    async acquire() {
      if (running < runningMax) {
        running += 1;
        return once();
      }
      if (waiting.length >= waitingMax) {
        throw new ClickHouseException(
          202,
          'TOO_MANY_SIMULTANEOUS_QUERIES',
          `Too many simultaneous queries: ${running} running, ${waiting.length} waiting.`,
        );
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
      return once();
    },
  };
}
