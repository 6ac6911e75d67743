/** An async iterator that holds only the newest value: a slow reader skips versions, it never queues them. */
export interface NewestQueue<T> extends AsyncIterableIterator<T> {
  push(value: T): void;
  end(): void;
}

export function createNewestQueue<T>(onReturn: () => void): NewestQueue<T> {
  let newest: { readonly value: T } | undefined;
  let waiting: ((result: IteratorResult<T>) => void)[] = [];
  let isEnded = false;
  const done: IteratorResult<T> = { done: true, value: undefined };

  const queue: NewestQueue<T> = {
    push(value) {
      const reader = waiting.shift();
      if (reader !== undefined) reader({ done: false, value });
      else if (!isEnded) newest = { value };
    },
    end() {
      isEnded = true;
      for (const reader of waiting) reader(done);
      waiting = [];
    },
    next() {
      const held = newest;
      newest = undefined;
      if (held !== undefined) return Promise.resolve({ done: false, value: held.value });
      if (isEnded) return Promise.resolve(done);
      return new Promise((resolve) => waiting.push(resolve));
    },
    return() {
      onReturn();
      queue.end();
      return Promise.resolve(done);
    },
    [Symbol.asyncIterator]: () => queue,
  };
  return queue;
}
