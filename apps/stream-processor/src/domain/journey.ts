export const dayMs = 86_400_000;

/** UTC day since 1970 of a time in ms. */
export function dayOf(at: number): number {
  return Math.floor(at / dayMs);
}

/** What is known of a viewer of a token, besides its views. */
export const journey = { none: 0, came: 1, went: 2 } as const;
/** `came`: had been at another token before. `went`: began here, and went on to another. `none`: neither, as far as anybody knows. */
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

/** What they say, all together: whoever came from elsewhere is no newcomer, whatever he did then. */
export function kindOfJourney(bits: JourneyBits): JourneyKind {
  const both = (bits | (bits >> bitsOfDay)) & newestDay;
  if ((both & journey.came) !== 0) return journey.came;
  return both === journey.went ? journey.went : journey.none;
}
