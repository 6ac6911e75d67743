import {
  type AddressCodecs,
  type AddressResult,
  badChecksum,
  canonical,
  hexOf,
  invalid,
} from './address.ts';

const rawForm = /^(0|-?[1-9][0-9]{0,9}):([0-9a-fA-F]{64})$/;
const friendlyForm = /^(?:[A-Za-z0-9+/]{48}|[A-Za-z0-9_-]{48})$/;
const bounceable = 0x11;
const nonBounceable = 0x51;
const testnetBit = 0x80;

export function isTonForm(text: string): boolean {
  return rawForm.test(text) || friendlyForm.test(text);
}

/**
 * Raw `workchain:hex` or the user-friendly form (TEP-2: 1 tag byte, 1 workchain byte, 32 hash bytes, CRC-16) → raw, lower case.
 * The friendly forms of one account differ only in flags, so they meet in one key.
 */
export function tonAddress(text: string, codecs: AddressCodecs): AddressResult {
  const raw = rawForm.exec(text);
  if (raw !== null) return rawAddress(Number(raw[1]), raw[2] ?? '');
  const bytes = friendlyForm.test(text) ? codecs.base64(text) : undefined;
  if (bytes?.length !== 36)
    return invalid('a TON address is workchain:64 hex digits or 48 characters of base64');
  return friendlyAddress(bytes);
}

function rawAddress(workchain: number, hash: string): AddressResult {
  if (workchain !== (workchain | 0)) return invalid('a TON workchain is a 32-bit integer');
  return canonical(`${workchain}:${hash.toLowerCase()}`);
}

function friendlyAddress(bytes: Uint8Array): AddressResult {
  const expected = ((bytes[34] ?? 0) << 8) | (bytes[35] ?? 0);
  if (crc16(bytes.subarray(0, 34)) !== expected)
    return badChecksum('the CRC-16 of the TON address does not match');
  const tag = bytes[0] ?? 0;
  if ((tag & testnetBit) !== 0) return invalid('this TON address is marked as testnet only');
  if (tag !== bounceable && tag !== nonBounceable)
    return invalid('a user-friendly TON address begins with tag 0x11 or 0x51');
  const workchain = ((bytes[1] ?? 0) << 24) >> 24;
  return canonical(`${workchain}:${hexOf(bytes.subarray(2, 34))}`);
}

/** CRC-16/XMODEM: polynomial 0x1021, start 0, most significant bit first. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1)
      crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021;
    crc &= 0xffff;
  }
  return crc;
}
