/**
 * One view of a token map, as on `token.views.v1`.
 * Byte fields are plain buffers; times are epoch milliseconds; weight is micro (1 000 000 = full).
 */
export interface TokenView {
  readonly eventId: Uint8Array;
  readonly chain: string;
  readonly token: string;
  readonly viewer: Uint8Array;
  readonly network: Uint8Array;
  readonly viewedAt: number;
  readonly receivedAt: number;
  readonly source: string;
  readonly partnerId: string | null;
  readonly country: string | null;
  readonly device: string | null;
  readonly dwellMs: number | null;
  readonly weightMicro: number;
  readonly flags: number;
}

/** Bits of {@link TokenView.flags}. */
export const viewFlags = { robot: 1, trustedTime: 2, backfill: 4 } as const;
