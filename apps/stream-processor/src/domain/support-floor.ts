import type { WindowName } from '@trending/schemas';

/** Least effective visitors of a ranked token, by window; micro. */
export const supportFloorMicro: Readonly<Record<WindowName, number>> = {
  '5m': 4_000_000,
  '1h': 5_000_000,
  '6h': 20_000_000,
  '24h': 40_000_000,
};

/** Least share of the scope's effective visitors: 2 of 10 000. */
const shareNumerator = 2;
const shareDenominator = 10_000;

/**
 * May a token with `effectiveMicro` be ranked where all tokens together have `totalMicro`? Compared as integers. A partition's
 * own total is never above the whole one, so what fails here fails globally: shipping all that pass loses nobody.
 */
export function reachesSupportFloor(
  window: WindowName,
  effectiveMicro: number,
  totalMicro: number,
): boolean {
  return (
    effectiveMicro >= supportFloorMicro[window] &&
    effectiveMicro * shareDenominator >= totalMicro * shareNumerator
  );
}

/** Effective visitors below which {@link reachesSupportFloor} says no, micro: for a look at many tokens. */
export function leastSupportMicro(window: WindowName, totalMicro: number): number {
  const share = Math.floor((totalMicro * shareNumerator) / shareDenominator);
  return Math.max(supportFloorMicro[window], share);
}
