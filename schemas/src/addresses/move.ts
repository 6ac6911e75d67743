import { type AddressResult, canonical, invalid } from './address.ts';

/**
 * Sui and Aptos: an account or object `0x…` (1 to 64 hex digits → padded to 64, lower case), or a coin type
 * `0x…::module::Name<…>` whose addresses are treated the same and whose names keep their case.
 */
export function moveAddress(text: string): AddressResult {
  const parsed = typeAt(text, 0, 0);
  return parsed !== undefined && parsed.end === text.length
    ? canonical(parsed.text)
    : invalid('expected 0x and up to 64 hexadecimal digits, or a type 0x…::module::Name');
}

export function isMoveForm(text: string): boolean {
  return moveAddress(text).ok;
}

interface Parsed {
  readonly text: string;
  readonly end: number;
}

const accountAt = /0x([0-9a-fA-F]{1,64})(?![0-9a-zA-Z_])/y;
const pathAt = /::([A-Za-z_][A-Za-z0-9_]{0,63})::([A-Za-z_][A-Za-z0-9_]{0,63})/y;
const primitiveAt = /(?:bool|address|u8|u16|u32|u64|u128|u256)(?![0-9a-zA-Z_])/y;
const deepest = 4;

function matchAt(pattern: RegExp, text: string, start: number): RegExpExecArray | null {
  pattern.lastIndex = start;
  return pattern.exec(text);
}

function typeAt(text: string, start: number, depth: number): Parsed | undefined {
  const account = matchAt(accountAt, text, start);
  if (account === null) return undefined;
  const padded = `0x${(account[1] ?? '').toLowerCase().padStart(64, '0')}`;
  const path = matchAt(pathAt, text, start + account[0].length);
  if (path === null)
    return depth === 0 ? { text: padded, end: start + account[0].length } : undefined;
  const head = { text: padded + path[0], end: start + account[0].length + path[0].length };
  if (text[head.end] !== '<') return head;
  const generics = genericsAt(text, head.end + 1, depth + 1);
  return generics && { text: `${head.text}<${generics.text}>`, end: generics.end };
}

function genericsAt(text: string, start: number, depth: number): Parsed | undefined {
  if (depth > deepest) return undefined;
  const items: string[] = [];
  let at = start;
  for (;;) {
    while (text[at] === ' ') at += 1;
    const item = argumentAt(text, at, depth);
    if (item === undefined) return undefined;
    items.push(item.text);
    at = item.end + 1;
    if (text[item.end] === '>') return { text: items.join(','), end: at };
    if (text[item.end] !== ',') return undefined;
  }
}

function argumentAt(text: string, start: number, depth: number): Parsed | undefined {
  const primitive = matchAt(primitiveAt, text, start);
  return primitive === null
    ? typeAt(text, start, depth)
    : { text: primitive[0], end: start + primitive[0].length };
}
