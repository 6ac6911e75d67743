import { samplesOf } from './metrics-text.ts';

/** Classes of the conservation law, as the aggregate role's metrics name them. */
export const fateNames = [
  'counted',
  'lateCounted',
  'lateDropped',
  'duplicate',
  'filtered',
  'deadLettered',
  'markers',
] as const;

export type FateName = (typeof fateNames)[number];

/** What became of the records of one partition, since its state began. */
export interface PartitionFates {
  readonly partition: number;
  /** Next offset to fold. */
  readonly position: number;
  readonly accepted: number;
  readonly fates: Readonly<Record<FateName, number>>;
  /** Records without a fate: 0, or the law is broken. */
  readonly residual: number;
  /** Records of the log, by its offsets, that were not accepted, or below 0, more than once: 0, or the law is broken. NaN: nobody tells. */
  readonly unaccepted: number;
}

interface Draft {
  position: number;
  unaccepted: number;
  classes: Map<string, number>;
}

/**
 * Reads the law from processors' /metrics. A partition that two of them name, on its way from one to the other, is taken from the
 * one that is further on.
 */
export function partitionFates(texts: readonly string[]): PartitionFates[] {
  const newest = new Map<number, PartitionFates>();
  for (const fates of texts.flatMap(fatesIn)) {
    const known = newest.get(fates.partition);
    if (known === undefined || known.position <= fates.position) newest.set(fates.partition, fates);
  }
  return [...newest.values()].sort((a, b) => a.partition - b.partition);
}

const positionName = 'trending_aggregate_position';
const foldedName = 'trending_views_folded';
const unacceptedName = 'trending_views_unaccepted';

function fatesIn(text: string): PartitionFates[] {
  const drafts = new Map<number, Draft>();
  for (const { name, labels, value } of samplesOf(text, isWanted)) {
    const partition = Number(labels['partition']);
    const fresh: Draft = { position: 0, unaccepted: Number.NaN, classes: new Map() };
    const draft = drafts.get(partition) ?? fresh;
    drafts.set(partition, draft);
    if (name === positionName) draft.position = value;
    else if (name === unacceptedName) draft.unaccepted = value;
    else draft.classes.set(labels['class'] ?? '', value);
  }
  return [...drafts].map(([partition, draft]) => fatesOf(partition, draft));
}

function isWanted(name: string): boolean {
  return name === positionName || name === foldedName || name === unacceptedName;
}

function fatesOf(partition: number, { position, unaccepted, classes }: Draft): PartitionFates {
  const read = (name: string) => classes.get(name) ?? 0;
  const fates = {
    counted: read('counted'),
    lateCounted: read('lateCounted'),
    lateDropped: read('lateDropped'),
    duplicate: read('duplicate'),
    filtered: read('filtered'),
    deadLettered: read('deadLettered'),
    markers: read('markers'),
  };
  const accepted = read('accepted');
  const residual = fateNames.reduce((left, name) => left - fates[name], accepted);
  return { partition, position, accepted, fates, residual, unaccepted };
}
