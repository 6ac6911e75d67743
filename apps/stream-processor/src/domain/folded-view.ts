import { chainOf, isTokenKey, type TokenView } from '@trending/schemas';
import { fullWeightMicro, futureGuardMs } from './counting-rules.ts';

/** Fields of a view that the fold reads, in schema order; a decoder may leave the others out. */
export const foldedFields = [
  'eventId',
  'chain',
  'token',
  'viewer',
  'network',
  'viewedAt',
  'receivedAt',
  'source',
  'country',
  'weightMicro',
  'flags',
] as const satisfies readonly (keyof TokenView)[];

export type FoldedView = Pick<TokenView, (typeof foldedFields)[number]>;

type DecodeReason = 'bad_magic' | 'unknown_schema' | 'avro';

/** Why a record is not a view. */
export type DeadLetterReason =
  | DecodeReason
  | 'key_mismatch'
  | 'chain_mismatch'
  | 'invalid_token'
  | 'invalid_weight'
  | 'invalid_time'
  | 'future_timestamp';

/** The reasons that a decoded record gives by itself. */
export type RuleBreach = Exclude<DeadLetterReason, DecodeReason>;

/** Is the record key the token, byte for byte? Canonical tokens are ASCII. */
export function keyIs(key: Uint8Array | null, token: string): boolean {
  if (key === null || key.length !== token.length) return false;
  for (let i = 0; i < key.length; i += 1) if (key[i] !== token.charCodeAt(i)) return false;
  return true;
}

/** The rule that a decoded view breaks by itself, whatever came before it. `isKnown`: its token was checked before. */
export function ruleBroken(
  view: FoldedView,
  timestamp: number,
  isKnown: boolean,
): RuleBreach | undefined {
  const { token, chain } = view;
  if (!isKnown && !isTokenKey(token)) return 'invalid_token';
  if (!(token.startsWith(chain) && token.charCodeAt(chain.length) === 58)) return 'chain_mismatch';
  if (!(view.weightMicro >= 0 && view.weightMicro <= fullWeightMicro)) return 'invalid_weight';
  if (!(view.viewedAt >= 0)) return 'invalid_time';
  if (view.viewedAt > timestamp + futureGuardMs) return 'future_timestamp';
  return undefined;
}

/** One sentence for the operator who reads the dead letter. */
export function brokenRuleText(reason: RuleBreach, view: FoldedView): string {
  switch (reason) {
    case 'invalid_token':
      return `token '${view.token.slice(0, 200)}' is not a canonical chain:address`;
    case 'chain_mismatch':
      return `chain '${view.chain.slice(0, 40)}' is not the chain of token, '${chainOf(view.token).slice(0, 40)}'`;
    case 'invalid_weight':
      return `weightMicro ${view.weightMicro} is not within 0..${fullWeightMicro}`;
    case 'invalid_time':
      return `viewedAt ${view.viewedAt} is before 1970`;
    case 'future_timestamp':
      return `viewedAt ${view.viewedAt} is more than ${futureGuardMs} ms after the record's timestamp`;
    case 'key_mismatch':
      return `the record key is not the token '${view.token.slice(0, 200)}'`;
  }
}
