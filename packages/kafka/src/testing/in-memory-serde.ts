import { schemaOf, type Topic } from '@trending/schemas';
import { type CodecOptions, codecOf } from '../avro-codec.ts';
import type { Decoded, Serde } from '../serde.ts';
import { schemaIdOf } from '../wire-format.ts';

const fixedSchemaId = 1;

/** A serde without a registry: every value carries schema id 1, any other id is unknown. */
export function inMemorySerde<T>(topic: Topic, options: CodecOptions<T> = {}): Serde<T> {
  const codec = codecOf<T>(schemaOf(topic), options);
  return {
    topic,
    encode: (value) => codec.encode(value, fixedSchemaId),
    decode(bytes): Decoded<T> {
      const id = schemaIdOf(bytes);
      if (id === undefined) return { ok: false, reason: 'bad_magic', detail: 'no schema id' };
      if (id !== fixedSchemaId)
        return { ok: false, reason: 'unknown_schema', detail: `schema id ${id}` };
      return codec.decode(bytes);
    },
    resolve: () => Promise.resolve(),
  };
}
