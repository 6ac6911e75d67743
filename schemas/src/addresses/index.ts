export { type Chain, chainTable, type FamilyId } from './chain-table.ts';
export { canonicalScope, chainOf } from './chains.ts';
export { addressCodecs } from './codecs.ts';
export { isKnownForm, spellingsOf } from './spellings.ts';
export {
  nativeAddress,
  type Token,
  type TokenKeySettings,
  type TokenResult,
  tokenOf,
} from './token-keys.ts';
