import {
  type AddressCodecs,
  type AddressResult,
  badChecksum,
  canonical,
  invalid,
} from './address.ts';
import { base58Check } from './base58-check.ts';
import { cashAddressOf, cashAddressText } from './cash-address.ts';
import type { BitcoinForm, Chain } from './chain-table.ts';

/** Base58check (case kept), bech32 or bech32m (lower case), CashAddr (with prefix, lower case), by the chain's own prefixes. */
export function bitcoinAddress(text: string, chain: Chain, codecs: AddressCodecs): AddressResult {
  const form = chain.bitcoin;
  if (form === undefined) return invalid(`${chain.slug} has no Bitcoin-like address form`);
  const decoded = base58Check(text, codecs);
  // A base58check text may begin as a bech32 one does, such as LTC1…; its checksum tells.
  const isBase58 = decoded?.isChecksumRight === true && form.versions.includes(decoded.version);
  if (!isBase58 && form.bech32 !== undefined && hasPrefix(text, `${form.bech32}1`))
    return segwitAddress(text, form.bech32, codecs);
  if (decoded === undefined) return cashOrInvalid(text, chain);
  const isScript = form.versions.indexOf(decoded.version);
  if (isScript < 0)
    return invalid(`version byte ${decoded.version} does not belong to ${chain.slug}`);
  if (!decoded.isChecksumRight) return badChecksum('the base58check checksum does not match');
  // Legacy and CashAddr texts of one account must meet in one key.
  return form.cashAddress === undefined
    ? canonical(text)
    : canonical(cashAddressText(form.cashAddress, { type: isScript, hash: decoded.hash }));
}

/** Does the text begin as this chain's addresses do? Checksums are not looked at. */
export function isBitcoinForm(text: string, form: BitcoinForm, codecs: AddressCodecs): boolean {
  if (form.bech32 !== undefined && hasPrefix(text, `${form.bech32}1`)) return true;
  if (form.cashAddress !== undefined && hasPrefix(text, `${form.cashAddress}:`)) return true;
  const decoded = base58Check(text, codecs);
  return decoded !== undefined && form.versions.includes(decoded.version);
}

function hasPrefix(text: string, prefix: string): boolean {
  return text.slice(0, prefix.length).toLowerCase() === prefix;
}

function cashOrInvalid(text: string, { slug, bitcoin }: Chain): AddressResult {
  const cash =
    bitcoin?.cashAddress === undefined ? undefined : cashAddressOf(bitcoin.cashAddress, text);
  if (cash === 'checksum') return badChecksum('the CashAddr checksum does not match');
  if (cash === undefined || bitcoin?.cashAddress === undefined)
    return invalid(`not an address of ${slug}: neither base58check nor a form with its prefix`);
  return canonical(cashAddressText(bitcoin.cashAddress, cash));
}

/** BIP-173 and BIP-350: version 0 uses bech32, 1 to 16 bech32m; programs have 2 to 40 bytes, version 0 has 20 or 32. */
function segwitAddress(text: string, prefix: string, codecs: AddressCodecs): AddressResult {
  const decoded = codecs.bech32(text);
  if (decoded === undefined) return badChecksum('the bech32 text or its checksum is not right');
  const [version, ...words] = decoded.words;
  const program = codecs.wordsToBytes(words);
  if (decoded.prefix !== prefix || version === undefined || version > 16 || program === undefined)
    return invalid('not a segregated witness address');
  if (decoded.variant !== (version === 0 ? 'bech32' : 'bech32m'))
    return badChecksum('witness version 0 needs bech32, later versions bech32m');
  const isSizeRight =
    version === 0
      ? program.length === 20 || program.length === 32
      : program.length >= 2 && program.length <= 40;
  return isSizeRight
    ? canonical(text.toLowerCase())
    : invalid('the witness program has a wrong size');
}
