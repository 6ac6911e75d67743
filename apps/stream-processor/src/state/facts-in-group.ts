import { type JourneyGroup, viewerBytes } from '@trending/schemas';
import { wordAt } from '../domain/hash.ts';
import { journey } from '../domain/journey.ts';
import { lowWordIn } from '../domain/token-hash.ts';
import type { JourneyFact } from './journeys.ts';
import type { TokenTable } from './token-table.ts';

/** The facts of a group, for the tokens in memory and for those that are not. Half a viewer at the end is none. */
export function* factsIn(
  { tokenHash, day, came, went }: JourneyGroup,
  tokens: Pick<TokenTable, 'idOfHash'>,
): Generator<JourneyFact> {
  const pair = { token: tokens.idOfHash(tokenHash), tokenHash: lowWordIn(tokenHash), day };
  for (const viewer of viewersIn(came)) yield { ...pair, ...viewer, kind: journey.came };
  for (const viewer of viewersIn(went)) yield { ...pair, ...viewer, kind: journey.went };
}

function* viewersIn(viewers: Uint8Array) {
  for (let at = 0; at + viewerBytes <= viewers.length; at += viewerBytes)
    yield { viewerHigh: wordAt(viewers, at), viewerLow: wordAt(viewers, at + 4) };
}
