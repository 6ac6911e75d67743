import type { Decoded, Serde } from '@trending/kafka';
import type { TokenView } from '@trending/schemas';
import type { Frame } from './mutate.ts';

export type Expected = 'undecodable' | 'breaks a rule' | 'still a view';

const canonical = /^[a-z0-9][a-z0-9_-]{0,31}:[!-~]{1,256}$/;
const futureMs = 60_000;

/** What must become of a frame, said once more and apart from the processor's own words. @throws AppError REGISTRY_UNAVAILABLE */
export async function expectedOf(
  { key, value }: Frame,
  timestamp: number,
  serde: Serde<TokenView>,
): Promise<Expected> {
  if (value === null) return 'undecodable';
  const decoded = await decode(serde, value);
  if (!decoded.ok) return 'undecodable';
  const view = decoded.value;
  const isView =
    key?.equals(Buffer.from(view.token)) &&
    canonical.test(view.token) &&
    !hasCapitalHex(view.token) &&
    view.token.startsWith(`${view.chain}:`) &&
    view.weightMicro >= 0 &&
    view.weightMicro <= 1_000_000 &&
    view.viewedAt >= 0 &&
    view.viewedAt <= timestamp + futureMs;
  return isView === true ? 'still a view' : 'breaks a rule';
}

/** Capitals within a hexadecimal number; names such as `::coin::COIN` are not numbers. */
function hasCapitalHex(token: string): boolean {
  return token.split(/[:<,>]/).some((part) => /^0x[0-9a-fA-F]+$/.test(part) && /[A-F]/.test(part));
}

async function decode(serde: Serde<TokenView>, value: Buffer): Promise<Decoded<TokenView>> {
  const known = serde.decode(value);
  if (known !== undefined) return known;
  await serde.resolve(value);
  return serde.decode(value) ?? { ok: false, reason: 'unknown_schema', detail: '' };
}
