import { schemaOf, subjectOf, type Topic, topics } from '@trending/schemas';
import { RegistryClient, type RegistrySettings } from './registry-client.ts';

export interface AppliedSchema {
  readonly subject: string;
  readonly id: number;
}

export interface CheckedSchema {
  readonly subject: string;
  readonly isCompatible: boolean;
  readonly isRegistered: boolean;
  readonly messages: readonly string[];
}

export interface SchemasSettings extends RegistrySettings {
  readonly prefix: string;
}

/**
 * Registers the value schema of every topic, FULL_TRANSITIVE; what is there already stays.
 * @throws AppError SCHEMA_INCOMPATIBLE, REGISTRY_UNAVAILABLE
 */
export async function applySchemas(settings: SchemasSettings): Promise<AppliedSchema[]> {
  const client = new RegistryClient(settings);
  const applied: AppliedSchema[] = [];
  for (const topic of topicsWithSchema()) {
    const subject = subjectOf(topic, settings.prefix);
    applied.push({ subject, id: await client.register(subject, schemaOf(topic)) });
  }
  return applied;
}

/** Compares the working schemas with every registered version; changes nothing. */
export async function checkSchemas(settings: SchemasSettings): Promise<CheckedSchema[]> {
  const client = new RegistryClient(settings);
  const checked: CheckedSchema[] = [];
  for (const topic of topicsWithSchema()) {
    const subject = subjectOf(topic, settings.prefix);
    const schema = schemaOf(topic);
    const report = await client.check(subject, schema);
    const isRegistered = (await client.idOf(subject, schema)) !== undefined;
    checked.push({ subject, isRegistered, ...report });
  }
  return checked;
}

function topicsWithSchema(): Topic[] {
  return Object.values(topics).filter((topic: Topic) => topic.value !== null);
}
