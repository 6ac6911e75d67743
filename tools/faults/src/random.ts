import type { Random } from '@trending/runtime/random';

/** A whole number in [0, `count`). */
export function below(random: Random, count: number): number {
  return Math.floor(random() * count);
}

/** The same items in another order (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = below(random, last + 1);
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
