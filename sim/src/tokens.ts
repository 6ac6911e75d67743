import { addressCodecs } from '@trending/schemas/addresses';
import { createTokenLookup } from '../../apps/producer-api/src/adapters/token-cache.ts';
import type { Random } from './random.ts';

interface SimulatedToken {
  /** The one name it may have in the log, written down by hand. */
  readonly key: string;
  readonly chains: readonly string[];
  readonly addresses: readonly string[];
}

/** Every spelling that an EVM address has: lower case, upper case, and the mixed case of its checksum, which is given. */
function evm(checksummed: string): SimulatedToken {
  const lower = checksummed.toLowerCase();
  const upper = `0x${checksummed.slice(2).toUpperCase()}`;
  return {
    key: `eth:${lower}`,
    chains: ['eth', 'ethereum', 'Mainnet', '1', 'eip155:1'],
    addresses: [lower, upper, checksummed],
  };
}

function solana(address: string): SimulatedToken {
  return { key: `sol:${address}`, chains: ['sol', 'solana', 'SOL'], addresses: [address] };
}

const tokens: readonly SimulatedToken[] = [
  evm('0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2'),
  evm('0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48'),
  evm('0xdAC17F958D2ee523a2206206994597C13D831ec7'),
  solana('So11111111111111111111111111111111111111112'),
  solana('EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v'),
  solana('Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCE8BenwNYB'),
  evm('0x6B175474E89094C44Da98b954EedeAC495271d0F'),
  solana('DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263'),
];

/** All names that tokens may have in the log. */
export const tokenKeys: ReadonlySet<string> = new Set(tokens.map(({ key }) => key));

const lookUp = createTokenLookup({ codecs: addressCodecs, defaultChains: new Map() });

/** A token, the first ones more often, as the service names it when it is spelled in some way. */
export function someToken(random: Random): string {
  const { length } = tokens;
  return tokenOf(Math.min(random.below(length), random.below(length)), random);
}

/** The token of that number, which may be any, likewise. */
export function tokenOf(number: number, random: Random): string {
  const { chains, addresses } = tokens[number % tokens.length] as SimulatedToken;
  const found = lookUp(random.pick(addresses), random.pick(chains));
  if (!found.ok) throw new Error(`a simulated token is none: ${found.detail}`);
  return found.token.key;
}
