import { hash, randomFillSync } from 'node:crypto';

const idBytes = 16;
const idsAtOnce = 256;
let pool = Buffer.alloc(0);
let poolAt = 0;

/** UUID version 7 (RFC 9562): 48-bit milliseconds, then random bits. */
export function timeOrderedId(now: number): Uint8Array {
  if (poolAt === pool.length) {
    // A new one each time: the ids are parts of it.
    pool = randomFillSync(Buffer.allocUnsafeSlow(idBytes * idsAtOnce));
    poolAt = 0;
  }
  const id = pool.subarray(poolAt, poolAt + idBytes);
  poolAt += idBytes;
  id.writeUIntBE(now, 0, 6);
  return withVersion(id, 7);
}

/** Name space of ids made from an Idempotency-Key; any fixed UUID would do, this one must never change. */
const namespace = idOfText('6f0f3c3e-8c5d-4b44-9d0a-5f2f6a0f7c11');

/** UUID version 5 (RFC 9562) of a name: the same name gives the same id in every process. */
export function namedId(name: string): Uint8Array {
  const digest = hash('sha1', Buffer.concat([namespace, Buffer.from(name)]), 'buffer');
  return withVersion(digest.subarray(0, idBytes), 5);
}

/** Bytes of a UUID's text in any case; the text is checked before. */
export function idOfText(text: string): Uint8Array {
  return Buffer.from(text.replaceAll('-', ''), 'hex');
}

/** Lower-case text with hyphens. */
export function textOfId(id: Uint8Array): string {
  const hex = Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function withVersion(id: Buffer, version: number): Uint8Array {
  id[6] = ((id[6] ?? 0) & 0x0f) | (version << 4);
  id[8] = ((id[8] ?? 0) & 0x3f) | 0x80;
  return id;
}
