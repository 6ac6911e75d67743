import { createHmac, hash } from 'node:crypto';
import { networkPrefix } from '../domain/network-prefix.ts';

const hashBytes = 8;
const dayMs = 86_400_000;
/** One key and the longest text: an address and a user agent, or two names (headers are limited to 8 KiB). */
const scratch = Buffer.alloc(64 + 32 * 1024);

export interface ViewerHashes {
  /** Hash of a browser behind an address; changes every UTC day. */
  viewerOf(ip: string, userAgent: string, now: number): Uint8Array;
  /** Hash of the address's /24 or /48; changes every UTC day. */
  networkOf(ip: string, now: number): Uint8Array;
  /** Hash of a browser behind an address that stays the same over days. Only to make event ids from, which show nothing of it: never stored. */
  callerOf(ip: string, userAgent: string): Uint8Array;
  /** Hash of a trusted publisher's own viewer id; stable, separate per publisher. */
  opaqueViewer(publisher: string, viewer: string): Uint8Array;
  /** Hash of what a trusted publisher calls a network; an IP address is cut to its prefix first. */
  opaqueNetwork(publisher: string, network: string): Uint8Array;
  /** `opaqueViewer`, and the hash of the network that this viewer has to itself when no other is named: both of one digest. */
  opaqueVisitor(publisher: string, viewer: string): Visitor;
}

/** Who looked, and from which network. */
export interface Visitor {
  readonly viewer: Uint8Array;
  readonly network: Uint8Array;
}

/**
 * 64-bit keyed hashes. Raw addresses and user agents end here.
 *
 * Hashes of addresses use a key of the UTC day (derived from the secret, so every copy of the service agrees with no shared
 * state): the same browser cannot be followed over days. Ids that a trusted publisher gives are its own pseudonyms, so
 * their hash is stable and visitors are not counted twice at midnight; the publisher rotates them as its promises require.
 */
export function createViewerHashes(secret: string): ViewerHashes {
  const derive = (label: string): Buffer => createHmac('sha512', secret).update(label).digest();
  const opaqueKey = derive('opaque');
  const callerKey = derive('caller');
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
    callerOf: (ip, userAgent) => shortHash(callerKey, `caller\n${ip}\n${userAgent}`),
    opaqueViewer: (publisher, viewer) => shortHash(opaqueKey, `viewer\n${publisher}\n${viewer}`),
    opaqueNetwork: (publisher, network) =>
      shortHash(opaqueKey, `network\n${publisher}\n${networkPrefix(network) ?? network}`),
    opaqueVisitor(publisher, viewer) {
      const both = hashed(opaqueKey, `viewer\n${publisher}\n${viewer}`, 2 * hashBytes);
      return { viewer: both.subarray(0, hashBytes), network: both.subarray(hashBytes) };
    },
  };
}

/**
 * SHA-256 over a key of exactly one block and the text, cut to 64 bits or twice as many. With a key of fixed length and most of the digest held
 * back, this is as good a keyed hash as HMAC, at a third of what HMAC costs in Node.
 */
function hashed(key: Buffer, text: string, bytes: number): Uint8Array {
  const length = key.copy(scratch) + scratch.write(text, key.length);
  const short = Buffer.allocUnsafe(bytes);
  // As text of one byte a character: a buffer of its own for the whole digest costs three times the hash.
  short.write(hash('sha256', scratch.subarray(0, length), 'binary'), 0, bytes, 'binary');
  return short;
}

function shortHash(key: Buffer, text: string): Uint8Array {
  return hashed(key, text, hashBytes);
}
