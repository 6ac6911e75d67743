export { chainTable, type FamilyId } from './chain-table.ts';
export { canonicalScope, chainOf } from './chains.ts';
export { addressCodecs, plainTokenSettings } from './codecs.ts';
export { isKnownForm, spellingsOf } from './spellings.ts';
export {
  type Token,
  type TokenKeySettings,
  type TokenResult,
  tokenOf,
} from './token-keys.ts';
