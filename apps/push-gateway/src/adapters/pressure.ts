/** When a connection counts as slow. Bytes are those waiting in this process; the kernel's buffers come on top. */
export interface Pressure {
  /** Above this no delta is queued any more: the client gets the newest state once it has drained. */
  readonly conflateAboveBytes: number;
  readonly drainedBelowBytes: number;
  /** Above this it is closed at once. */
  readonly closeAboveBytes: number;
  /** Longest time behind before it is closed. */
  readonly closeAfterMs: number;
}

export const defaultPressure: Pressure = {
  conflateAboveBytes: 256 * 1024,
  drainedBelowBytes: 64 * 1024,
  closeAboveBytes: 1024 * 1024,
  closeAfterMs: 10_000,
};
