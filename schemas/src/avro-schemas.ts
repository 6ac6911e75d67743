import { readFileSync } from 'node:fs';

const files = {
  TokenView: 'token-view',
  ViewDelta: 'view-delta',
  CandidateSet: 'candidate-set',
  Board: 'board',
  TokenMetadata: 'token-metadata',
  Control: 'control',
} as const;

export type AvroSchemaName = keyof typeof files;

function load(name: AvroSchemaName): object {
  return JSON.parse(readFileSync(new URL(`../${files[name]}.avsc`, import.meta.url), 'utf8'));
}

/** Parsed .avsc documents by record name. */
export const avroSchemas: Readonly<Record<AvroSchemaName, object>> = {
  TokenView: load('TokenView'),
  ViewDelta: load('ViewDelta'),
  CandidateSet: load('CandidateSet'),
  Board: load('Board'),
  TokenMetadata: load('TokenMetadata'),
  Control: load('Control'),
};
