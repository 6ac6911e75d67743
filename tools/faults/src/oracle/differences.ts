/** A count that is not what the log says. */
export interface Difference {
  readonly place: string;
  readonly expected: number;
  readonly actual: number;
}

/** Entries of either map whose counts differ. */
export function differencesBetween(
  place: string,
  expected: ReadonlyMap<string, number>,
  actual: ReadonlyMap<string, number>,
): Difference[] {
  const keys = new Set([...expected.keys(), ...actual.keys()]);
  return [...keys].flatMap((key) =>
    differenceOf(`${place} ${key}`, expected.get(key) ?? 0, actual.get(key) ?? 0),
  );
}

export function differenceOf(place: string, expected: number, actual: number): Difference[] {
  return expected === actual ? [] : [{ place, expected, actual }];
}

/** Views too few and too many, summed. */
export function lostAndDouble(differences: readonly Difference[]): {
  readonly lost: number;
  readonly double: number;
} {
  let lost = 0;
  let double = 0;
  for (const { expected, actual } of differences) {
    lost += Math.max(0, expected - actual);
    double += Math.max(0, actual - expected);
  }
  return { lost, double };
}
