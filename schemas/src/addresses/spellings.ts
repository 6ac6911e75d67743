import { lowerCaseHex } from '../token-key.ts';
import { addressCodecs, plainTokenSettings } from './codecs.ts';
import { chainsOfForm, tokenOf } from './token-keys.ts';

/**
 * The canonical texts that an address given without its chain may stand for: at least itself, hexadecimal numbers in lower case, and
 * what every chain makes of it whose addresses look so.
 */
export function spellingsOf(address: string): readonly string[] {
  const texts = new Set([lowerCaseHex(address)]);
  for (const { slug } of readers(address)) {
    const result = tokenOf(address, slug, plainTokenSettings);
    if (result.ok) texts.add(result.token.address);
  }
  return [...texts];
}

/** Is it an address of a known family, and so no `chain:address`, whatever colons it has? */
export function isKnownForm(text: string): boolean {
  return readers(text).length > 0;
}

/** One chain speaks for its family; only those like Bitcoin write the same account in different ways. */
function readers(address: string) {
  const chains = chainsOfForm(address, addressCodecs);
  return chains.filter(({ family }, i) => family === 'bitcoin' || i === 0);
}
