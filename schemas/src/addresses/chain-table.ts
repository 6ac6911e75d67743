/** How addresses of a chain are written; `generic` is every chain not in the table. */
export type FamilyId = 'evm' | 'solana' | 'tron' | 'ton' | 'bitcoin' | 'move' | 'generic';

/** A chain as data. `slug` is what keys, topics and boards carry; `aliases` are accepted and replaced by it. */
export interface Chain {
  readonly slug: string;
  readonly family: FamilyId;
  readonly aliases: readonly string[];
  /** Bitcoin-like only: allowed base58check version bytes, bech32 prefix, CashAddr prefix. */
  readonly bitcoin?: BitcoinForm;
}

export interface BitcoinForm {
  readonly versions: readonly number[];
  readonly bech32?: string;
  readonly cashAddress?: string;
}

const evm = (slug: string, chainId: number, ...aliases: string[]): Chain => ({
  slug,
  family: 'evm',
  aliases: [String(chainId), `eip155:${chainId}`, ...aliases],
});
const bitcoin = (slug: string, alias: string, form: BitcoinForm): Chain => ({
  slug,
  family: 'bitcoin',
  aliases: [alias],
  bitcoin: form,
});

/**
 * Known chains. Not a closed list: another slug is served by the generic rule, and adding a row later must not change the
 * keys it made (see generic.ts). EVM numbers are EIP-155 chain ids.
 */
export const chainTable: readonly Chain[] = [
  evm('eth', 1, 'ethereum', 'mainnet', 'erc20'),
  evm('bsc', 56, 'bnb', 'bnb-chain', 'binance-smart-chain', 'bep20'),
  evm('base', 8453),
  evm('polygon', 137, 'matic', 'polygon-pos', 'polygon_pos'),
  evm('arb', 42161, 'arbitrum', 'arbitrum-one'),
  evm('optimism', 10, 'op', 'optimistic-ethereum'),
  evm('avalanche', 43114, 'avax', 'avalanche-c'),
  evm('fantom', 250, 'ftm'),
  evm('sonic', 146),
  evm('gnosis', 100, 'xdai'),
  evm('linea', 59144),
  evm('scroll', 534352),
  evm('zksync', 324, 'zksync-era', 'era'),
  evm('blast', 81457),
  evm('mantle', 5000, 'mnt'),
  evm('celo', 42220),
  evm('cronos', 25, 'cro'),
  evm('moonbeam', 1284, 'glmr'),
  evm('berachain', 80094, 'bera'),
  evm('unichain', 130),
  evm('worldchain', 480, 'world-chain'),
  evm('hyperevm', 999, 'hyperliquid'),
  evm('abstract', 2741),
  evm('ink', 57073),
  evm('sei', 1329, 'sei-network'),
  evm('pulsechain', 369, 'pls'),
  evm('monad', 143),
  { slug: 'sol', family: 'solana', aliases: ['solana'] },
  { slug: 'tron', family: 'tron', aliases: ['trx', 'trc20', '728126428'] },
  { slug: 'ton', family: 'ton', aliases: ['toncoin', 'the-open-network'] },
  { slug: 'sui', family: 'move', aliases: ['sui-network'] },
  { slug: 'aptos', family: 'move', aliases: ['apt'] },
  bitcoin('btc', 'bitcoin', { versions: [0x00, 0x05], bech32: 'bc' }),
  bitcoin('ltc', 'litecoin', { versions: [0x30, 0x32], bech32: 'ltc' }),
  bitcoin('doge', 'dogecoin', { versions: [0x1e, 0x16] }),
  bitcoin('dash', 'dashcoin', { versions: [0x4c, 0x10] }),
  bitcoin('bch', 'bitcoin-cash', { versions: [0x00, 0x05], cashAddress: 'bitcoincash' }),
];
