import { hueOf } from './format.ts';

export interface ChainLook {
  readonly label: string;
  /** oklch degrees. */
  readonly hue: number;
}

/** Names people know; chains are an open set, so any other is shown by its id. */
const known: Readonly<Record<string, ChainLook>> = {
  eth: { label: 'Ethereum', hue: 275 },
  ethereum: { label: 'Ethereum', hue: 275 },
  bsc: { label: 'BNB Chain', hue: 90 },
  base: { label: 'Base', hue: 262 },
  arb: { label: 'Arbitrum', hue: 240 },
  arbitrum: { label: 'Arbitrum', hue: 240 },
  optimism: { label: 'Optimism', hue: 25 },
  polygon: { label: 'Polygon', hue: 295 },
  avalanche: { label: 'Avalanche', hue: 25 },
  sol: { label: 'Solana', hue: 165 },
  solana: { label: 'Solana', hue: 165 },
  ton: { label: 'TON', hue: 235 },
  tron: { label: 'Tron', hue: 20 },
  btc: { label: 'Bitcoin', hue: 60 },
  bitcoin: { label: 'Bitcoin', hue: 60 },
  sui: { label: 'Sui', hue: 225 },
  aptos: { label: 'Aptos', hue: 190 },
};

export function chainLook(chain: string): ChainLook {
  if (Object.hasOwn(known, chain)) return known[chain] ?? { label: chain, hue: 0 };
  return { label: chain.charAt(0).toUpperCase() + chain.slice(1), hue: hueOf(chain) };
}
