export const dayMs = 86_400_000;
const secondMs = 1_000;

/** UTC day since 1970 of a time in ms. */
export function dayOf(at: number): number {
  return Math.floor(at / dayMs);
}

/** Whole seconds since 1970 of a time in ms. */
export function secondOf(at: number): number {
  return Math.floor(at / secondMs);
}

/** UTC day since 1970 of a second. */
export function dayOfSecond(second: number): number {
  return Math.floor(second / (dayMs / secondMs));
}

/** Whoever is seen at another token within so many seconds went on to it: long enough for people, and too short for chance to do it. */
export const goneOnSeconds = 15 * 60;

/** What is known of a viewer of a token, besides its views. */
export const journey = { none: 0, came: 1, went: 2, further: 3 } as const;
/**
 * `came`: had been at another token before. `went`: began here, and soon went on to another. `further`: came, and soon went on to yet another.
 * `none`: nothing of it, as far as anybody knows.
 */
export type JourneyKind = (typeof journey)[keyof typeof journey];

/**
 * Facts of one viewer of one token, as bits: of the newest day in the lower two, of the day before in the upper two. A set, so neither
 * order nor repetition changes it.
 */
export type JourneyBits = number;

/** Further back than this no record of the journeys topic stands that still counts: two days, and clocks that differ; ms. */
export const journeyReachMs = 2 * dayMs + 3_600_000;

/** Above all of them. */
export const journeyBitsEnd = 16;
const bitsOfDay = 2;
const newestDay = 3;

/** The fact, `age` days before the newest day; nothing beyond the day before. */
export function journeyBits(kind: JourneyKind, age: number): JourneyBits {
  return age > 1 ? 0 : kind << (age * bitsOfDay);
}

/** What is left of facts when a day comes. */
export function aDayLater(bits: JourneyBits): JourneyBits {
  return (bits & newestDay) << bitsOfDay;
}

/** What they say, all together. */
export function kindOfJourney(bits: JourneyBits): JourneyKind {
  return ((bits | (bits >> bitsOfDay)) & newestDay) as JourneyKind;
}
