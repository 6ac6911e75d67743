import { type Clock, systemClock } from '@trending/runtime/clock';
import { AppError, isRetriable } from '@trending/runtime/errors';
import { schemaOf, subjectOf, type Topic } from '@trending/schemas';
import { type AvroCodec, type CodecOptions, codecOf, type FrameDecoder } from './avro-codec.ts';
import { RegistryClient, type RegistrySettings } from './registry-client.ts';
import type { Decoded, Serde } from './serde.ts';
import { schemaIdOf } from './wire-format.ts';

const unknownForMs = 60_000;
const cacheEntriesMax = 1_000;
/** Questions to the registry at a time. */
const lookUpsMax = 16;
/** A failure is told of for so long: longer than a question's time limit and the pause until it is asked again. */
const problemForMs = 15_000;

/** `fields`: decode only these of the record; encoding is not affected. */
export type SerdeOptions<T> = CodecOptions<T>;

/** Gives out serdes; the registry is asked once per topic and once per foreign schema id. */
export interface Registry {
  /** @throws AppError SCHEMA_MISSING when our schema is not registered, REGISTRY_UNAVAILABLE (retriable). */
  serde<T>(topic: Topic, prefix?: string, options?: SerdeOptions<T>): Promise<Serde<T>>;
  /**
   * Why what waits for a schema waits: the registry's last failure, while it is asked again and again and does not answer. For readiness, and
   * for watchdogs, which must not take such a wait for a stall: a restart would need the registry all the more.
   */
  problem(): string | undefined;
}

export interface CreateRegistrySettings extends RegistrySettings {
  readonly clock?: Clock;
}

export function createRegistry(settings: CreateRegistrySettings): Registry {
  const clock = settings.clock ?? systemClock;
  const answers = new Answers(clock);
  const registry = new RegistryClient(settings);
  const client: SchemaSource = {
    schemaText: (id) => answers.heard(registry.schemaText(id)),
    idOf: (subject, schema) => answers.heard(registry.idOf(subject, schema)),
  };
  return {
    problem: () => answers.problem(),
    async serde<T>(topic: Topic, prefix = '', options: SerdeOptions<T> = {}) {
      const subject = subjectOf(topic, prefix);
      const schema = schemaOf(topic);
      const schemaId = await client.idOf(subject, schema);
      if (schemaId === undefined) throw schemaMissing(subject);
      const codec = codecOf<T>(schema, options);
      return new RegistrySerde<T>({ topic, codec, schemaId, client, clock });
    },
  };
}

type SchemaSource = Pick<RegistryClient, 'schemaText' | 'idOf'>;

/** Whether the registry answers, as those found who asked. */
class Answers {
  readonly #clock: Clock;
  #failure: { readonly at: number; readonly message: string } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async heard<T>(answer: Promise<T>): Promise<T> {
    try {
      const value = await answer;
      this.#failure = undefined;
      return value;
    } catch (error) {
      if (isRetriable(error))
        this.#failure = { at: this.#clock.now(), message: (error as AppError).message };
      throw error;
    }
  }

  problem(): string | undefined {
    if (this.#failure === undefined) return undefined;
    const { at, message } = this.#failure;
    return this.#clock.now() - at < problemForMs ? message : undefined;
  }
}

interface SerdeParts<T> {
  readonly topic: Topic;
  readonly codec: AvroCodec<T>;
  /** Id of our own schema, stamped on what we write. */
  readonly schemaId: number;
  readonly client: Pick<RegistryClient, 'schemaText'>;
  readonly clock: Clock;
}

/** Resolves each writer's schema once, then decodes synchronously. */
export class RegistrySerde<T> implements Serde<T> {
  readonly topic: Topic;
  readonly #parts: SerdeParts<T>;
  readonly #decoders = new Map<number, FrameDecoder<T>>();
  readonly #unknownUntil = new Map<number, number>();
  readonly #pending = new Map<number, Promise<void>>();

  constructor(parts: SerdeParts<T>) {
    this.topic = parts.topic;
    this.#parts = parts;
    this.#decoders.set(parts.schemaId, parts.codec.decode);
  }

  encode(value: T): Uint8Array {
    return this.#parts.codec.encode(value, this.#parts.schemaId);
  }

  decode(bytes: Uint8Array): Decoded<T> | undefined {
    const id = schemaIdOf(bytes);
    if (id === undefined) return { ok: false, reason: 'bad_magic', detail: badMagic(bytes) };
    const decode = this.#decoders.get(id);
    if (decode !== undefined) return decode(bytes);
    if ((this.#unknownUntil.get(id) ?? 0) <= this.#parts.clock.now()) return undefined;
    return { ok: false, reason: 'unknown_schema', detail: `schema id ${id} is not registered` };
  }

  async resolve(bytes: Uint8Array, ahead: Iterable<Uint8Array | null> = []): Promise<void> {
    const id = schemaIdOf(bytes);
    const answered = id === undefined || this.#isDecided(id) ? undefined : this.#asked(id);
    this.lookAhead(ahead);
    await answered;
  }

  lookAhead(values: Iterable<Uint8Array | null>): void {
    for (const value of values) {
      if (this.#pending.size >= lookUpsMax) return;
      const id = value === null ? undefined : schemaIdOf(value);
      if (id === undefined || this.#isDecided(id) || this.#pending.has(id)) continue;
      // Who needs it asks again and hears of the failure.
      this.#asked(id).catch(() => undefined);
    }
  }

  #isDecided(id: number): boolean {
    return this.#decoders.has(id) || (this.#unknownUntil.get(id) ?? 0) > this.#parts.clock.now();
  }

  /** Whoever asks meanwhile waits for the same answer. */
  #asked(id: number): Promise<void> {
    const known = this.#pending.get(id);
    if (known !== undefined) return known;
    const asked = this.#lookUp(id).finally(() => this.#pending.delete(id));
    this.#pending.set(id, asked);
    return asked;
  }

  async #lookUp(id: number): Promise<void> {
    const schema = await this.#parts.client.schemaText(id);
    if (schema === undefined) {
      makeRoom(this.#unknownUntil);
      this.#unknownUntil.set(id, this.#parts.clock.now() + unknownForMs);
      return;
    }
    makeRoom(this.#decoders);
    this.#decoders.set(id, this.#parts.codec.decoderFor(schema));
    this.#decoders.set(this.#parts.schemaId, this.#parts.codec.decode);
  }
}

/** Ids come from whoever writes to the topic: forget the oldest rather than grow without bound, never what was just asked for. */
function makeRoom(cache: Map<number, unknown>): void {
  for (const id of cache.keys()) {
    if (cache.size < cacheEntriesMax) return;
    cache.delete(id);
  }
}

function badMagic(bytes: Uint8Array): string {
  if (bytes.length < 5) return `${bytes.length} bytes, shorter than the header of 5`;
  return `first byte is ${bytes[0]}, not 0`;
}

function schemaMissing(subject: string): AppError {
  return new AppError({
    code: 'SCHEMA_MISSING',
    message: `The present schema of ${subject} is not registered. Run: npm run schemas:apply.`,
  });
}
