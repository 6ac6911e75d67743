import { type JourneyGroup, viewerBytes } from '@trending/schemas';
import { wordAt } from '../domain/hash.ts';
import { journey } from '../domain/journey.ts';
import type { JourneyFact } from './journeys.ts';
import type { TokenTable } from './token-table.ts';

/** The facts of a group, for the tokens in memory and for those that are not. Half a viewer at the end is none. */
export function* factsIn(
  { token: name, day, came, went }: JourneyGroup,
  tokens: Pick<TokenTable, 'idOf' | 'hashOfName'>,
): Generator<JourneyFact> {
  const pair = { token: tokens.idOf(name), tokenHash: tokens.hashOfName(name), day };
  for (const viewer of viewersIn(came)) yield { ...pair, ...viewer, kind: journey.came };
  for (const viewer of viewersIn(went)) yield { ...pair, ...viewer, kind: journey.went };
}

function* viewersIn(viewers: Uint8Array) {
  for (let at = 0; at + viewerBytes <= viewers.length; at += viewerBytes)
    yield { viewerHigh: wordAt(viewers, at), viewerLow: wordAt(viewers, at + 4) };
}
