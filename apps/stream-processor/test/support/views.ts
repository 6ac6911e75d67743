import type { FoldedView } from '../../src/domain/folded-view.ts';

/** A view as tests write it: names instead of hashes. */
export interface ViewSpec {
  readonly token?: string;
  readonly viewer?: number;
  readonly network?: number;
  readonly at: number;
  readonly receivedAt?: number;
  readonly weightMicro?: number;
  readonly flags?: number;
  readonly eventId?: number;
  readonly source?: string;
  readonly country?: string | undefined;
}

let nextEventId = 1;

export function bytesOf(value: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(length - 4, value);
  return bytes;
}

export function viewOf(spec: ViewSpec): FoldedView {
  const token = spec.token ?? 'eth:0xa';
  return {
    eventId: bytesOf(spec.eventId ?? nextEventId++, 16),
    chain: token.slice(0, token.indexOf(':')),
    token,
    viewer: bytesOf(spec.viewer ?? 1, 8),
    network: bytesOf(spec.network ?? spec.viewer ?? 1, 8),
    viewedAt: spec.at,
    receivedAt: spec.receivedAt ?? spec.at,
    source: spec.source ?? 'web',
    country: spec.country ?? null,
    weightMicro: spec.weightMicro ?? 1_000_000,
    flags: spec.flags ?? 0,
  };
}
