import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import type { Logger } from '@trending/runtime';
import { AppError } from '@trending/runtime/errors';

export interface RegistrySettings {
  /** Base of the Confluent-compatible interface, e.g. http://127.0.0.1:8081/apis/ccompat/v7. */
  readonly url: string;
  readonly logger: Logger;
}

export interface CompatibilityReport {
  readonly isCompatible: boolean;
  /** The registry's reasons, for a person. */
  readonly messages: readonly string[];
}

const timeoutMs = 5_000;
const compatibility = COMPATIBILITY.FULL_TRANSITIVE;
const contentType = 'application/vnd.schemaregistry.v1+json';

/**
 * The calls we make to the registry. "Not there" is a value; everything else that goes wrong is REGISTRY_UNAVAILABLE, because the
 * client library reports a refused connection with the status of a bad request.
 */
export class RegistryClient {
  readonly #url: string;
  readonly #registry: SchemaRegistry;

  constructor({ url }: RegistrySettings) {
    this.#url = url.replace(/\/+$/, '');
    this.#registry = new SchemaRegistry({ host: this.#url, clientId: 'trending' });
  }

  /** Schema text of an id; undefined when the registry does not know it, or what it knows is no Avro schema. */
  async schemaText(id: number): Promise<string | undefined> {
    const schema = await this.#call(`schema ${id}`, () =>
      this.#registry.getSchema(id).catch(undefinedIfUnusable),
    );
    if (schema === undefined) return undefined;
    if ('schema' in schema && typeof schema.schema === 'function') {
      return JSON.stringify(schema.schema({ exportAttrs: true }));
    }
    return undefined;
  }

  /** Id under which this very schema is registered for the subject. */
  idOf(subject: string, schema: string): Promise<number | undefined> {
    return this.#call(`subject ${subject}`, () =>
      this.#registry.getRegistryIdBySchema(subject, { type: SchemaType.AVRO, schema }),
    );
  }

  /**
   * Fixes the subject's level, then registers; the same schema again gives the same id.
   * @throws AppError SCHEMA_INCOMPATIBLE when old records would become unreadable.
   */
  async register(subject: string, schema: string): Promise<number> {
    await this.#put(`/config/${encodeURIComponent(subject)}`, { compatibility });
    const id = await this.#call(`subject ${subject}`, () =>
      this.#registry
        .register({ type: SchemaType.AVRO, schema }, { subject, compatibility })
        .then((registered) => registered.id),
    );
    if (id === undefined) throw unavailable(this.#url, `subject ${subject}`, 'not found');
    return id;
  }

  /** Would this schema be accepted? A subject not there yet accepts everything. */
  async check(subject: string, schema: string): Promise<CompatibilityReport> {
    const path = `/compatibility/subjects/${encodeURIComponent(subject)}/versions?verbose=true`;
    const response = await this.#fetch(path, { method: 'POST', body: { schema } });
    if (response.status === 404) return { isCompatible: true, messages: [] };
    if (!response.ok) throw unavailable(this.#url, path, `status ${response.status}`);
    const { is_compatible: isCompatible, messages = [] } = (await response.json()) as {
      is_compatible: boolean;
      messages?: string[];
    };
    return { isCompatible, messages };
  }

  async #put(path: string, body: object): Promise<void> {
    const response = await this.#fetch(path, { method: 'PUT', body });
    if (!response.ok) throw unavailable(this.#url, path, `status ${response.status}`);
  }

  async #fetch(path: string, { method, body }: { method: string; body: object }) {
    try {
      return await fetch(`${this.#url}${path}`, {
        method,
        body: JSON.stringify(body),
        headers: { 'content-type': contentType },
        signal: AbortSignal.timeout(timeoutMs),
      });
    } catch (error) {
      throw unavailable(this.#url, path, error);
    }
  }

  /** Undefined for "not found". */
  async #call<T>(what: string, ask: () => Promise<T>): Promise<T | undefined> {
    const timer = Promise.withResolvers<never>();
    const timeout = setTimeout(() => timer.reject(new Error('timed out')), timeoutMs);
    try {
      return await Promise.race([ask(), timer.promise]);
    } catch (error) {
      const status = statusOf(error);
      if (status === 404) return undefined;
      if (status === 409) throw incompatible(what, error);
      throw unavailable(this.#url, what, error);
    } finally {
      clearTimeout(timeout);
    }
  }
}

/**
 * Whoever may write to a topic may register anything: Protobuf, or what no Avro library compiles. csr throws that as an error of our
 * arguments; asking again would never help.
 */
function undefinedIfUnusable(error: unknown): undefined {
  if (error instanceof Error && error.name === 'ConfluentSchemaRegistryArgumentError') return;
  throw error;
}

/** csr wraps a "not found" of the schema look-up once more, without its status. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('status' in error && typeof error.status === 'number') return error.status;
  return error.name === 'ConfluentSchemaRegistryError' ? 404 : undefined;
}

function incompatible(what: string, cause: unknown): AppError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AppError({
    code: 'SCHEMA_INCOMPATIBLE',
    message: `The registry refused the schema of ${what}: ${reason}. Fields may only be added with a default; old records must stay readable.`,
    cause,
  });
}

function unavailable(url: string, what: string, cause: unknown): AppError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new AppError({
    code: 'REGISTRY_UNAVAILABLE',
    message: `Schema registry ${url} gave no answer for ${what}: ${reason}. Check REGISTRY_URL and that the registry runs.`,
    retriable: true,
    cause,
  });
}
