import { longestAddress } from '../token-key.ts';
import type { AddressCodecs, AddressResult } from './address.ts';
import { bitcoinAddress, isBitcoinForm } from './bitcoin-like.ts';
import { type Chain, chainTable, type FamilyId } from './chain-table.ts';
import { chainOf } from './chains.ts';
import { evmAddress, isEvmForm } from './evm.ts';
import { genericAddress } from './generic.ts';
import { isMoveForm, moveAddress } from './move.ts';
import { solanaAddress } from './solana.ts';
import { isTonForm, tonAddress } from './ton.ts';
import { tronAddress } from './tron.ts';

/** A token: `key` is the canonical `chain:address`, equal for every spelling of the same token. */
export interface Token {
  readonly chain: string;
  readonly address: string;
  readonly key: string;
}

export type TokenResult =
  | { readonly ok: true; readonly token: Token }
  | {
      readonly ok: false;
      readonly code: 'chain-invalid' | 'chain-required' | 'address-invalid' | 'address-checksum';
      readonly at: 'chain' | 'address';
      readonly detail: string;
    };

export interface TokenKeySettings {
  readonly codecs: AddressCodecs;
  /** Chain taken when none is given and the address form belongs to this family. */
  readonly defaultChains: ReadonlyMap<FamilyId, string>;
}

/** The address that stands for a chain's own coin. */
export const nativeAddress = 'native';

/** Canonical token of an address and an optional chain name. */
export function tokenOf(
  address: string,
  chainName: string | undefined,
  settings: TokenKeySettings,
): TokenResult {
  if (address.length === 0 || address.length > longestAddress)
    return {
      ok: false,
      code: 'address-invalid',
      at: 'address',
      detail: `an address has 1 to ${longestAddress} characters`,
    };
  if (chainName === undefined) return withoutChain(address, settings);
  const chain = chainOf(chainName);
  if (chain === undefined)
    return {
      ok: false,
      code: 'chain-invalid',
      at: 'chain',
      detail:
        'a chain is a slug such as eth, bsc or sol: lower case letters, digits and hyphens, up to 32',
    };
  return onChain(address, chain, settings.codecs);
}

function onChain(address: string, chain: Chain, codecs: AddressCodecs): TokenResult {
  if (address.toLowerCase() === nativeAddress) return found(chain.slug, nativeAddress);
  const result = canonicalAddress(address, chain, codecs);
  if (!result.ok)
    return {
      ok: false,
      code: result.code,
      at: 'address',
      detail: `${chain.slug}: ${result.detail}`,
    };
  if (result.address.length > longestAddress) return tooLong(chain.slug, result.address.length);
  return found(chain.slug, result.address);
}

/** A short text can be a long key: every account within a type is padded to 64 digits. */
function tooLong(chain: string, length: number): TokenResult {
  const detail = `${chain}: written out, this address has ${length} characters; ${longestAddress} are the limit`;
  return { ok: false, code: 'address-invalid', at: 'address', detail };
}

function found(chain: string, address: string): TokenResult {
  return { ok: true, token: { chain, address, key: `${chain}:${address}` } };
}

function canonicalAddress(text: string, chain: Chain, codecs: AddressCodecs): AddressResult {
  switch (chain.family) {
    case 'evm':
      return evmAddress(text, codecs);
    case 'solana':
      return solanaAddress(text, codecs);
    case 'tron':
      return tronAddress(text, codecs);
    case 'ton':
      return tonAddress(text, codecs);
    case 'bitcoin':
      return bitcoinAddress(text, chain, codecs);
    case 'move':
      return moveAddress(text);
    case 'generic':
      return genericAddress(text);
  }
}

function withoutChain(address: string, settings: TokenKeySettings): TokenResult {
  const candidates = chainsOfForm(address, settings.codecs);
  const family = candidates[0]?.family;
  const preferred = family === undefined ? undefined : settings.defaultChains.get(family);
  const chain =
    candidates.find(({ slug }) => slug === preferred) ??
    (candidates.length === 1 ? candidates[0] : undefined);
  if (chain !== undefined) return onChain(address, chain, settings.codecs);
  return { ok: false, code: 'chain-required', at: 'chain', detail: choices(candidates) };
}

function choices(candidates: readonly Chain[]): string {
  return candidates.length === 0
    ? 'the form of this address belongs to no known chain family: give the chain'
    : `this address may be on ${candidates.map(({ slug }) => slug).join(', ')}: give the chain`;
}

/** Chains whose addresses look like this text; checksums are not looked at, so that a typing mistake is reported as such. */
export function chainsOfForm(text: string, codecs: AddressCodecs): readonly Chain[] {
  if (isEvmForm(text)) return ofFamily('evm');
  if (isTonForm(text)) return ofFamily('ton');
  if (isMoveForm(text)) return ofFamily('move');
  if (solanaAddress(text, codecs).ok) return ofFamily('solana');
  if (tronAddress(text, codecs).ok || looksTron(text)) return ofFamily('tron');
  return ofFamily('bitcoin').filter(
    ({ bitcoin }) => bitcoin !== undefined && isBitcoinForm(text, bitcoin, codecs),
  );
}

function looksTron(text: string): boolean {
  return text.length === 34 && text.startsWith('T');
}

function ofFamily(family: FamilyId): readonly Chain[] {
  return chainTable.filter((chain) => chain.family === family);
}
