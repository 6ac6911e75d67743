import { fullWeightMicro } from '../../domain/counting-rules.ts';
import type { ViewEvent } from '../view-event.ts';
import type { Chance } from './random.ts';

/** Who looked at which token; viewers and networks are numbers, `at` is in ms. */
export interface Seen {
  readonly token: number;
  readonly viewer: number;
  readonly network: number;
  readonly at: number;
}

/** Makes views, each with an id of its own. */
export class ViewMaker {
  readonly #chance: Chance;
  #serial = 0;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** A number that was not told before. */
  next(): number {
    this.#serial += 1;
    return this.#serial;
  }

  view(seen: Seen): ViewEvent {
    const token = nameOf(seen.token);
    const eventId = Buffer.alloc(16);
    for (let i = 0; i < 16; i += 4) eventId.writeUInt32LE(this.#chance.word(), i);
    const view = {
      eventId,
      chain: token.slice(0, token.indexOf(':')),
      token,
      viewer: wordsOf(seen.viewer),
      network: wordsOf(seen.network + 0x1_0000_0000),
      viewedAt: seen.at,
      receivedAt: seen.at,
      source: 'web',
      country: null,
      weightMicro: fullWeightMicro,
      flags: 0,
    };
    return { view, timestamp: seen.at };
  }
}

export function nameOf(token: number): string {
  return `${['eth', 'sol', 'base'][token % 3]}:t${token}`;
}

/** A number as the eight bytes of a hash. */
function wordsOf(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE((Math.imul(value | 0, 0x9e3779b1) ^ (value >>> 15)) >>> 0, 0);
  bytes.writeUInt32LE(value >>> 0, 4);
  return bytes;
}
