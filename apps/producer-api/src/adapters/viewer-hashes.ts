import { createHmac } from 'node:crypto';
import { networkPrefix } from '../domain/network-prefix.ts';

const hashBytes = 8;
const dayMs = 86_400_000;

export interface ViewerHashes {
  /** Hash of a browser behind an address; changes every UTC day. */
  viewerOf(ip: string, userAgent: string, now: number): Uint8Array;
  /** Hash of the address's /24 or /48; changes every UTC day. */
  networkOf(ip: string, now: number): Uint8Array;
  /** Hash of a trusted publisher's own viewer id; stable, separate per publisher. */
  opaqueViewer(publisher: string, viewer: string): Uint8Array;
  /** Hash of what a trusted publisher calls a network; an IP address is cut to its prefix first. */
  opaqueNetwork(publisher: string, network: string): Uint8Array;
}

/**
 * 64-bit keyed hashes: HMAC-SHA-256, cut. Raw addresses and user agents end here.
 *
 * Hashes of addresses use a key of the UTC day (derived from the secret, so every copy of the service agrees with no shared
 * state): the same browser cannot be followed over days. Ids that a trusted publisher gives are its own pseudonyms, so
 * their hash is stable and visitors are not counted twice at midnight; the publisher rotates them as its promises require.
 */
export function createViewerHashes(secret: string): ViewerHashes {
  const derive = (label: string): Buffer => createHmac('sha256', secret).update(label).digest();
  const opaqueKey = derive('opaque');
  let day = -1;
  let dayKey = opaqueKey;
  const keyOf = (now: number): Buffer => {
    const today = Math.floor(now / dayMs);
    if (today !== day) {
      day = today;
      dayKey = derive(`day ${today}`);
    }
    return dayKey;
  };
  return {
    viewerOf: (ip, userAgent, now) => shortHash(keyOf(now), `viewer\n${ip}\n${userAgent}`),
    networkOf: (ip, now) => shortHash(keyOf(now), `network\n${networkPrefix(ip) ?? ip}`),
    opaqueViewer: (publisher, viewer) => shortHash(opaqueKey, `viewer\n${publisher}\n${viewer}`),
    opaqueNetwork: (publisher, network) =>
      shortHash(opaqueKey, `network\n${publisher}\n${networkPrefix(network) ?? network}`),
  };
}

function shortHash(key: Buffer, text: string): Uint8Array {
  return createHmac('sha256', key).update(text).digest().subarray(0, hashBytes);
}
