/** Checkpoint log record. `payload` holds cells and counts in the processor's state encoding. */
export interface ViewDelta {
  readonly kind: 'fence' | 'delta' | 'base';
  readonly ownerId: string;
  readonly build: string;
  readonly start: number;
  readonly end: number;
  readonly part: number;
  readonly parts: number;
  readonly streamTime: number;
  readonly logTime: number;
  readonly chain: Uint8Array;
  readonly rules: string;
  readonly baseAt: number;
  readonly payload: Uint8Array;
}
