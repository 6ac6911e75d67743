/** Length of a keyed viewer hash, bytes. */
export const viewerBytes = 8;

/** Length of a row of {@link ViewerSightings}, bytes, and where in it things stand; the token's hash with its lower word first. */
export const sightingBytes = 20;
export const sightingAt = { token: 0, second: 8, viewer: 12 } as const;

/**
 * Record of the sightings topic: who was new to tokens of one views partition. Repeats say nothing new. In rows, since a busy partition
 * tells of a hundred thousand viewers a second, and with hashes of tokens, since hardly two of them are at the same one.
 */
export interface ViewerSightings {
  /** Of the views topic. */
  readonly partition: number;
  /** A row a viewer, little-endian words: hash of the token's name (two words), second of the view since 1970, keyed viewer hash (two words). */
  readonly rows: Uint8Array;
}

/** What is known of viewers of one token: `came` had been at another token before, `went` soon went on from here to another one. */
export interface JourneyGroup {
  /** Of the token's name, 52 bits, as in {@link ViewerSightings}. */
  readonly tokenHash: number;
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
