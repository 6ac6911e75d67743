/** One view of a token map, as published. Only `address` is needed. */
export interface View {
  /** The token's address in any accepted spelling, or `native` for the chain's own coin. */
  readonly address: string;
  /** Slug, alias or EIP-155 number (`eth`, `sol`, `56`); may be left out when the address tells. */
  readonly chain?: string;
  /** UUID of this view. Made by the publisher when absent; give your own only if you retry across processes. */
  readonly eventId?: string;
  /** When it was looked at, ISO 8601 or epoch ms. Believed only with a key; from 24 h back. */
  readonly viewedAt?: number | string;
  /** Your opaque id of the visitor; hashed at once by the service. Believed only with a key. */
  readonly viewer?: string;
  /** The visitor's IP address or an opaque network id; cut and hashed at once. Believed only with a key. */
  readonly network?: string;
  /** The visitor's user agent, looked at for robots and never kept. Believed only with a key. */
  readonly userAgent?: string;
  /** Where the view came from, such as `web`; `trending_list` counts half. */
  readonly source?: string;
  readonly partnerId?: string;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  readonly device?: 'desktop' | 'mobile' | 'tablet' | 'other';
  /** How long the token was looked at, ms. */
  readonly dwellMs?: number;
}

/** An RFC 9457 problem document as the service answers it. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

/**
 * The service's last word on a view.
 * - `acknowledged`: all in-sync replicas of the log have it, or had it before under the same event id
 * - `rejected`: it is wrong, and sending it again changes nothing; `problem` says why
 */
export type PublishResult =
  | { readonly status: 'acknowledged'; readonly eventId: string }
  | { readonly status: 'rejected'; readonly eventId: string; readonly problem: Problem };

/** A view that was refused, as `onRejected` gets it. */
export interface RejectedView {
  readonly view: View;
  readonly eventId: string;
  readonly problem: Problem;
}
