/** Operator's word to the running topology, in force from an event time (ms). */
export interface Control {
  readonly kind: string;
  readonly id: string;
  readonly version: number;
  /** Canonical JSON. */
  readonly parameters: string;
  readonly effectiveFrom: number;
  readonly author: string;
  readonly reason: string;
}
