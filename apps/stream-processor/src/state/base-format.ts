/** What a part of a base holds: its first byte. Codes below are of an older format, which nobody reads any more. */
export const section = {
  sizes: 17,
  tokens: 18,
  viewers: 19,
  provenance: 20,
  journeys: 21,
  summary: 22,
} as const;

/** A base was written by a program of another version: its state has to be counted anew. */
export class OlderBaseError extends RangeError {
  constructor(kind: number) {
    super(`a base part of kind ${kind} is of an older format`);
    this.name = 'OlderBaseError';
  }
}
