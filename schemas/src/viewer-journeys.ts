/** Length of a keyed viewer hash, bytes. */
export const viewerBytes = 8;

/** Length of a row of {@link ViewerSightings}, bytes, and where in it things stand. */
export const sightingBytes = 16;
export const sightingAt = { token: 0, second: 4, viewer: 8 } as const;

/**
 * Record of the sightings topic: who was new to tokens of one views partition. Repeats say nothing new. In rows, since a busy partition
 * tells of a hundred thousand viewers a second.
 */
export interface ViewerSightings {
  /** Of the views topic. */
  readonly partition: number;
  readonly tokens: readonly string[];
  /** A row a viewer, little-endian words: place of its token in `tokens`, second of the view since 1970, keyed viewer hash. */
  readonly rows: Uint8Array;
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
