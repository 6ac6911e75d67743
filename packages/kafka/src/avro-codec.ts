import avro from 'avsc';
import { KeptItems, type KeptItemsOptions } from './kept-items.ts';
import type { Decoded } from './serde.ts';
import { headerBytes, writeHeader } from './wire-format.ts';

/** Decodes framed bytes written with one known schema. */
export type FrameDecoder<T> = (bytes: Uint8Array) => Decoded<T>;

/** Avro reading and writing of one record type; knows nothing of ids. */
export interface AvroCodec<T> {
  /** Header of five bytes plus Avro body, in a buffer of its own. @throws Error when the value does not fit the schema. */
  encode(value: T, schemaId: number): Uint8Array;
  /** Reads values written with our own schema. */
  readonly decode: FrameDecoder<T>;
  /** A decoder for values written with another version; a failure of all values when the schemas do not resolve. */
  decoderFor(writerSchema: string): FrameDecoder<T>;
}

export interface CodecOptions<T> {
  /** Decode only these fields: less work for readers that need few. */
  readonly fields?: readonly string[];
  /**
   * Reads most frames that were written with our own schema, faster than a reader for any schema; undefined = ask that one. A value is
   * the caller's until the next one is read.
   */
  readonly readOwn?: (frame: Buffer) => T | undefined;
  /** The record's last field is a list that changes little from one value to the next: see {@link KeptItems}. */
  readonly kept?: KeptItemsOptions;
}

interface RecordSchema {
  readonly fields: readonly { readonly name: string; readonly type: unknown }[];
}

const slabBytesInitial = 64 * 1024;

/** @param schema text of the current .avsc, a record. */
export function codecOf<T>(schema: string, options: CodecOptions<T> = {}): AvroCodec<T> {
  const { fields } = options;
  const parsed: RecordSchema = JSON.parse(schema);
  const writer = avro.Type.forSchema(JSON.parse(schema));
  const reader = fields === undefined ? writer : projection(parsed, fields);
  const byteFields = parsed.fields.filter(({ type }) => holdsBytes(type)).map(({ name }) => name);
  const decoderFor = (writerSchema: string) => decoderOf<T>(reader, writerSchema);
  const kept = options.kept && keptItemsOf(parsed, options.kept);
  const readOwn = options.readOwn ?? (kept && keptReader<T>(kept));
  let slab = Buffer.allocUnsafe(slabBytesInitial);
  return {
    encode(value, schemaId) {
      const record = withBuffers(value, byteFields);
      if (kept !== undefined) return kept.encode(record as Record<string, unknown>, schemaId);
      let end = writer.encode(record, slab, headerBytes);
      if (end < 0) {
        // avsc answers the negative number of missing bytes.
        slab = Buffer.allocUnsafe(2 * (slab.length - end));
        end = writer.encode(record, slab, headerBytes);
      }
      const frame = Buffer.allocUnsafe(end);
      slab.copy(frame, headerBytes, headerBytes, end);
      writeHeader(frame, schemaId);
      return frame;
    },
    decode: withOwnReader(readOwn, decoderFor(schema)),
    decoderFor,
  };
}

function keptItemsOf(schema: RecordSchema, options: KeptItemsOptions): KeptItems {
  const last = schema.fields.at(-1);
  const { items } = (last?.type ?? {}) as { readonly items?: avro.Schema };
  if (last === undefined || items === undefined)
    throw new Error('The last field of the schema is no list: its items cannot be kept.');
  const head = avro.Type.forSchema({
    ...schema,
    fields: schema.fields.slice(0, -1),
  } as avro.Schema);
  return new KeptItems({ field: last.name, head, item: avro.Type.forSchema(items) }, options);
}

function keptReader<T>(kept: KeptItems): (frame: Buffer) => T | undefined {
  return (frame) => {
    try {
      return kept.decode(frame) as T | undefined;
    } catch {
      // What is wrong with it, the reader for any value says.
      return undefined;
    }
  };
}

function withOwnReader<T>(
  readOwn: CodecOptions<T>['readOwn'],
  decode: FrameDecoder<T>,
): FrameDecoder<T> {
  if (readOwn === undefined) return decode;
  return (bytes) => {
    const value = readOwn(asBuffer(bytes));
    return value === undefined ? decode(bytes) : { ok: true, value };
  };
}

function decoderOf<T>(reader: avro.Type, writerSchema: string): FrameDecoder<T> {
  try {
    const writer = avro.Type.forSchema(JSON.parse(writerSchema));
    const resolver = reader.equals(writer) ? undefined : reader.createResolver(writer);
    return (bytes) => readFrame<T>(bytes, reader, resolver);
  } catch (error) {
    const detail = `writer's schema does not resolve to ours: ${messageOf(error)}`;
    return () => ({ ok: false, reason: 'avro', detail });
  }
}

function readFrame<T>(bytes: Uint8Array, reader: avro.Type, resolver: Resolver): Decoded<T> {
  try {
    const buffer = asBuffer(bytes);
    const { value, offset } = reader.decode(buffer, headerBytes, resolver);
    if (offset < 0) return { ok: false, reason: 'avro', detail: 'bytes end too early' };
    if (offset === buffer.length) return { ok: true, value };
    return { ok: false, reason: 'avro', detail: `${buffer.length - offset} bytes too many` };
  } catch (error) {
    return { ok: false, reason: 'avro', detail: messageOf(error) };
  }
}

type Resolver = Parameters<avro.Type['decode']>[2];

function projection(schema: RecordSchema, fields: readonly string[]): avro.Type {
  const kept = schema.fields.filter(({ name }) => fields.includes(name));
  const unknown = fields.filter((field) => !kept.some(({ name }) => name === field));
  if (unknown.length > 0) throw new Error(`The schema has no fields ${unknown.join(', ')}`);
  return avro.Type.forSchema({ ...schema, fields: kept } as avro.Schema);
}

/** avsc insists on Buffer where our types say Uint8Array. */
function withBuffers<T>(value: T, byteFields: readonly string[]): T {
  const record = value as Readonly<Record<string, unknown>>;
  let copy: Record<string, unknown> | undefined;
  for (const name of byteFields) {
    const field = record[name];
    if (Buffer.isBuffer(field) || !(field instanceof Uint8Array)) continue;
    copy ??= { ...record };
    copy[name] = asBuffer(field);
  }
  return (copy as T | undefined) ?? value;
}

function holdsBytes(type: unknown): boolean {
  if (Array.isArray(type)) return type.some(holdsBytes);
  if (typeof type !== 'object' || type === null) return type === 'bytes';
  return 'type' in type && (type.type === 'fixed' || type.type === 'bytes');
}

function asBuffer(bytes: Uint8Array): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
