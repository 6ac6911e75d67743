/** Length of a keyed viewer hash, bytes. */
export const viewerBytes = 8;

/** Viewers of one token in one second. */
export interface SightingGroup {
  readonly token: string;
  /** Since 1970. */
  readonly second: number;
  /** Keyed viewer hashes, {@link viewerBytes} each. */
  readonly viewers: Uint8Array;
}

/** Record of the sightings topic: who was new to tokens of one views partition. Repeats say nothing new. */
export interface ViewerSightings {
  /** Of the views topic. */
  readonly partition: number;
  readonly groups: readonly SightingGroup[];
}

/** What is known of viewers of one token: `came` had been at another token before, `went` soon went on from here to another one. */
export interface JourneyGroup {
  readonly token: string;
  /** UTC day since 1970: the fact counts on it and on the day after. */
  readonly day: number;
  readonly came: Uint8Array;
  readonly went: Uint8Array;
}

/** Record of the journeys topic: a set of facts, which neither order nor repetition changes. */
export interface ViewerJourneys {
  /** Of the views topic. */
  readonly partition: number;
  readonly groups: readonly JourneyGroup[];
}
