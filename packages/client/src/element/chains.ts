import { hueOf } from './format.ts';

export interface ChainLook {
  readonly label: string;
  readonly hue: number;
}

/** Names people know; chains are an open set, so any other is shown by its id. */
const known: Readonly<Record<string, ChainLook>> = {
  eth: { label: 'Ethereum', hue: 230 },
  ethereum: { label: 'Ethereum', hue: 230 },
  bsc: { label: 'BNB Chain', hue: 45 },
  base: { label: 'Base', hue: 215 },
  arb: { label: 'Arbitrum', hue: 200 },
  arbitrum: { label: 'Arbitrum', hue: 200 },
  optimism: { label: 'Optimism', hue: 0 },
  polygon: { label: 'Polygon', hue: 265 },
  avalanche: { label: 'Avalanche', hue: 5 },
  sol: { label: 'Solana', hue: 160 },
  solana: { label: 'Solana', hue: 160 },
  ton: { label: 'TON', hue: 203 },
  tron: { label: 'Tron', hue: 355 },
  btc: { label: 'Bitcoin', hue: 33 },
  bitcoin: { label: 'Bitcoin', hue: 33 },
  sui: { label: 'Sui', hue: 210 },
  aptos: { label: 'Aptos', hue: 175 },
};

export function chainLook(chain: string): ChainLook {
  if (Object.hasOwn(known, chain)) return known[chain] ?? { label: chain, hue: 0 };
  return { label: chain.charAt(0).toUpperCase() + chain.slice(1), hue: hueOf(chain) };
}
