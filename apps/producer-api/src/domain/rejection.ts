/** Why a view or a token is refused. Each code is an anchor of docs/errors.md. */
export type RejectionCode =
  | 'validation'
  | 'malformed-json'
  | 'chain-invalid'
  | 'chain-required'
  | 'chain-conflict'
  | 'address-invalid'
  | 'address-checksum'
  | 'viewed-at-invalid'
  | 'viewed-at-in-future'
  | 'viewed-at-too-old'
  | 'created-at-invalid'
  | 'event-id-conflict'
  | 'network-invalid'
  | 'view-token-mismatch';

/** `pointer` names the field: `chain`, `address`, `viewedAt`, `eventId`, or empty for the whole. */
export interface Rejection {
  readonly code: RejectionCode;
  readonly pointer: string;
  readonly detail: string;
}
