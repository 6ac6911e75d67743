import { readFileSync } from 'node:fs';

const files = {
  TokenView: 'token-view',
  ViewDelta: 'view-delta',
  ViewerSightings: 'viewer-sightings',
  ViewerJourneys: 'viewer-journeys',
  CandidateSet: 'candidate-set',
  Board: 'board',
  TokenMetadata: 'token-metadata',
  Control: 'control',
  FeatureSet: 'feature-set',
} as const;

export type AvroSchemaName = keyof typeof files;

/** Records by their full name, from the files read so far. */
const definitions = new Map<string, object>();

function load(name: AvroSchemaName): object {
  const text = readFileSync(new URL(`../${files[name]}.avsc`, import.meta.url), 'utf8');
  const schema = whole(JSON.parse(text)) as object;
  define(schema);
  return schema;
}

/** A schema stands alone in the registry: a record named by type alone gets its definition, so that every shape is written once. */
function whole(part: unknown): unknown {
  if (typeof part === 'string') return definitions.get(part) ?? part;
  if (Array.isArray(part)) return part.map(whole);
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(
    Object.entries(part).map(([name, inner]) => [name, isTypePlace(name) ? whole(inner) : inner]),
  );
}

function isTypePlace(name: string): boolean {
  return name === 'type' || name === 'items' || name === 'fields';
}

function define(part: unknown): void {
  if (Array.isArray(part)) part.forEach(define);
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return;
  if ('name' in part && 'fields' in part) definitions.set(`trending.v1.${part.name}`, part);
  Object.values(part).forEach(define);
}

/** Parsed .avsc documents by record name. */
export const avroSchemas: Readonly<Record<AvroSchemaName, object>> = {
  TokenView: load('TokenView'),
  ViewDelta: load('ViewDelta'),
  ViewerSightings: load('ViewerSightings'),
  ViewerJourneys: load('ViewerJourneys'),
  CandidateSet: load('CandidateSet'),
  Board: load('Board'),
  TokenMetadata: load('TokenMetadata'),
  Control: load('Control'),
  FeatureSet: load('FeatureSet'),
};
