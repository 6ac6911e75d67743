const day = 86_400_000;

/** Zipf weights of `count` tokens, summing to 1: weight of rank r is proportional to 1/(r+1)^1.05. */
export function zipfWeights(count: number): readonly number[] {
  const raw = Array.from({ length: count }, (_, rank) => 1 / (rank + 1) ** 1.05);
  const sum = raw.reduce((total, weight) => total + weight, 0);
  return raw.map((weight) => weight / sum);
}

/** The site's day: 0.5 in the small hours to 1.5 in the evening (UTC), each token shifted by its phase in [0, 1). */
export function dailyRhythm(at: number, phase: number): number {
  return 1 + 0.5 * Math.sin(2 * Math.PI * ((at % day) / day + phase));
}

/** A wave of interest in one token. */
export interface Surge {
  readonly token: number;
  readonly startedAt: number;
  /** How many times its usual rate at the top. */
  readonly height: number;
  readonly rampMs: number;
  readonly holdMs: number;
  readonly halfLifeMs: number;
}

/** Factor on the token's rate: linear ramp, plateau, exponential decay; 1 = usual. */
export function surgeFactor(surge: Surge, at: number): number {
  const age = at - surge.startedAt;
  if (age < 0) return 1;
  if (age < surge.rampMs) return 1 + (surge.height - 1) * (age / surge.rampMs);
  const fading = age - surge.rampMs - surge.holdMs;
  if (fading <= 0) return surge.height;
  return 1 + (surge.height - 1) * 2 ** (-fading / surge.halfLifeMs);
}

/** Over when less than a tenth of the usual rate is left of it. */
export function isOver(surge: Surge, at: number): boolean {
  return at - surge.startedAt > surge.rampMs + surge.holdMs && surgeFactor(surge, at) < 1.1;
}
