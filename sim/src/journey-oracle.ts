import { type JourneyGroup, topics, viewerBytes } from '@trending/schemas';
import type { Broker } from './broker.ts';
import { oracleSerdes } from './shared-serde.ts';

const day = 86_400_000;

export type NaiveKind = 'came' | 'went';

/** What the journeys topic tells of a viewer of a token. */
export interface NaiveFact {
  readonly offset: number;
  /** See `tokenHashOf`. */
  readonly tokenHash: number;
  /** Hexadecimal. */
  readonly viewer: string;
  readonly kind: NaiveKind;
  /** UTC day since 1970. */
  readonly day: number;
}

/** A record of the journeys topic. */
export interface ToldFacts {
  readonly offset: number;
  readonly groups: readonly JourneyGroup[];
}

/** The whole journeys topic, by partition of the views. */
export function toldFacts({ broker }: { readonly broker: Broker }): ToldFacts[][] {
  const told: ToldFacts[][] = broker.archive.map(() => []);
  for (const { value, offset } of broker.topic(topics.journeys.name).partition(0).records) {
    const decoded = value === null ? undefined : oracleSerdes.journeys.decode(value);
    if (decoded?.ok !== true) continue;
    const { partition, groups } = decoded.value;
    told[partition]?.push({ offset, groups });
  }
  return told;
}

/** Fact by fact. */
export function naiveFacts(told: readonly ToldFacts[]): NaiveFact[] {
  return told.flatMap(({ offset, groups }) =>
    groups.flatMap(({ tokenHash, day, ...viewers }) =>
      (['came', 'went'] as const).flatMap((kind) =>
        viewersIn(viewers[kind]).map((viewer) => ({ offset, tokenHash, viewer, kind, day })),
      ),
    ),
  );
}

function viewersIn(viewers: Uint8Array): string[] {
  const text = Buffer.from(viewers).toString('hex');
  return text.match(new RegExp(`.{${2 * viewerBytes}}`, 'g')) ?? [];
}

/** By token and viewer, see {@link pairOf}: all that is known of it. */
export type NaiveJourneys = ReadonlyMap<string, ReadonlySet<NaiveKind>>;

export function pairOf(tokenHash: number, viewer: string): string {
  return `${tokenHash} ${viewer}`;
}

/** What counts at `asOf` of the facts below an offset: those of the newest day that anything is of, and of the day before. */
export function naiveJourneys(
  facts: readonly NaiveFact[],
  { below, asOf }: { readonly below: number; readonly asOf: number },
): NaiveJourneys {
  const known = facts.filter(({ offset }) => offset < below);
  const newest = known.reduce((max, fact) => Math.max(max, fact.day), Math.floor(asOf / day));
  const journeys = new Map<string, Set<NaiveKind>>();
  for (const { tokenHash, viewer, kind, day } of known) {
    const pair = pairOf(tokenHash, viewer);
    if (day >= newest - 1) journeys.set(pair, (journeys.get(pair) ?? new Set()).add(kind));
  }
  return journeys;
}
