import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { Socket } from 'node:net';
import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import type { Logger } from '@trending/runtime';
import { AppError } from '@trending/runtime/errors';

export interface RegistrySettings {
  /** Base of the Confluent-compatible interface, e.g. http://127.0.0.1:8081/apis/ccompat/v7. */
  readonly url: string;
  readonly logger: Logger;
  /** Longest wait for an answer, ms. */
  readonly timeoutMs?: number;
}

export interface CompatibilityReport {
  readonly isCompatible: boolean;
  /** The registry's reasons, for a person. */
  readonly messages: readonly string[];
}

const timeoutMsDefault = 5_000;
const compatibility = COMPATIBILITY.FULL_TRANSITIVE;
const contentType = 'application/vnd.schemaregistry.v1+json';

/**
 * The calls we make to the registry. "Not there" is a value; everything else that goes wrong is REGISTRY_UNAVAILABLE, because the
 * client library reports a refused connection with the status of a bad request.
 */
export class RegistryClient {
  readonly #url: string;
  readonly #agent: Agent;
  readonly #timeoutMs: number;

  constructor({ url, timeoutMs = timeoutMsDefault }: RegistrySettings) {
    this.#url = url.replace(/\/+$/, '');
    this.#timeoutMs = timeoutMs;
    this.#agent = silenceEndingAgent(this.#url, timeoutMs);
  }

  /** Schema text of an id; undefined when the registry does not know it, or what it knows is no Avro schema. */
  async schemaText(id: number): Promise<string | undefined> {
    const schema = await this.#call(`schema ${id}`, (registry) =>
      registry.getSchema(id).catch(undefinedIfUnusable),
    );
    if (schema === undefined) return undefined;
    if ('schema' in schema && typeof schema.schema === 'function') {
      return JSON.stringify(schema.schema({ exportAttrs: true }));
    }
    return undefined;
  }

  /** Id under which this very schema is registered for the subject. */
  idOf(subject: string, schema: string): Promise<number | undefined> {
    return this.#call(`subject ${subject}`, (registry) =>
      registry.getRegistryIdBySchema(subject, { type: SchemaType.AVRO, schema }),
    );
  }

  /**
   * Fixes the subject's level, then registers; the same schema again gives the same id.
   * @throws AppError SCHEMA_INCOMPATIBLE when old records would become unreadable.
   */
  async register(subject: string, schema: string): Promise<number> {
    await this.#put(`/config/${encodeURIComponent(subject)}`, { compatibility });
    const id = await this.#call(`subject ${subject}`, (registry) =>
      registry
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
        signal: AbortSignal.timeout(this.#timeoutMs),
      });
    } catch (error) {
      throw unavailable(this.#url, path, error);
    }
  }

  /**
   * Undefined for "not found". Every call has a csr of its own: that library keeps a look-up that never ends and gives it to everybody who
   * asks for the same id again, and keeps every schema for ever.
   */
  async #call<T>(
    what: string,
    ask: (registry: SchemaRegistry) => Promise<T>,
  ): Promise<T | undefined> {
    const registry = new SchemaRegistry({
      host: this.#url,
      clientId: 'trending',
      agent: this.#agent,
    });
    const timer = Promise.withResolvers<never>();
    const timeout = setTimeout(() => timer.reject(new Error('timed out')), this.#timeoutMs);
    try {
      return await Promise.race([ask(registry), timer.promise]);
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

/** Connections for one request each, ended when nothing came or went on them for the longest wait: else each question to a silent registry leaves one. */
function silenceEndingAgent(url: string, timeoutMs: number): Agent {
  const keepAlive = false;
  const agent = url.startsWith('https:') ? new TlsAgent({ keepAlive }) : new Agent({ keepAlive });
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = connect(options, callback) as Socket;
    return socket.setTimeout(timeoutMs, () => socket.destroy(new Error('no answer')));
  };
  return agent;
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
