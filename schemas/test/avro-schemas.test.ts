import avro, { type Type, types } from 'avsc';
import { describe, expect, test } from 'vitest';
import { type AvroSchemaName, avroSchemas } from '../src/index.ts';
import { fixtures } from './support/fixtures.ts';

const names = Object.keys(avroSchemas) as AvroSchemaName[];
const typeOf = (name: AvroSchemaName) =>
  avro.Type.forSchema(structuredClone(avroSchemas[name]) as avro.Schema);

/** Every record type in a schema, the outer one first. */
function recordsIn(type: Type): InstanceType<typeof types.RecordType>[] {
  if (type instanceof types.RecordType) {
    return [type, ...type.fields.flatMap((field) => recordsIn(field.type))];
  }
  if (type instanceof types.ArrayType) return recordsIn(type.itemsType);
  if (type instanceof types.UnwrappedUnionType) return type.types.flatMap(recordsIn);
  return [];
}

/** Field names of a value and of the records within, as the schema nests them. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return null;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, shapeOf(field)]));
}

function shapeOfType(type: Type): unknown {
  if (type instanceof types.ArrayType) return [shapeOfType(type.itemsType)];
  if (type instanceof types.UnwrappedUnionType)
    return type.types.map(shapeOfType).find((shape) => shape !== null) ?? null;
  if (!(type instanceof types.RecordType)) return null;
  return Object.fromEntries(type.fields.map((field) => [field.name, shapeOfType(field.type)]));
}

describe.each(names)('%s.avsc', (name) => {
  test('parses, in our namespace', () => {
    expect(typeOf(name).name).toBe(`trending.v1.${name}`);
  });

  test('has the fields of the TypeScript type, nested records included', () => {
    expect(withoutLeafArrays(shapeOf(fixtures[name]))).toEqual(
      withoutLeafArrays(shapeOfType(typeOf(name))),
    );
  });

  test('takes the full value and gives it back unchanged', () => {
    const type = typeOf(name);
    const back = type.fromBuffer(type.toBuffer(fixtures[name]));
    expect(JSON.parse(JSON.stringify(back))).toEqual(JSON.parse(JSON.stringify(fixtures[name])));
  });

  test('refuses a value that lacks a field', () => {
    for (const field of Object.keys(fixtures[name])) {
      const value: Record<string, unknown> = { ...fixtures[name] };
      delete value[field];
      const type = typeOf(name);
      const [record] = recordsIn(type);
      const isOptional = record?.field(field)?.defaultValue() !== undefined;
      if (!isOptional) expect(type.isValid(value), field).toBe(false);
    }
  });

  test('optional fields are unions with null first, and default to null', () => {
    for (const record of recordsIn(typeOf(name))) {
      for (const field of record.fields) {
        if (!(field.type instanceof types.UnwrappedUnionType)) continue;
        expect(field.type.types[0]?.typeName, field.name).toBe('null');
        expect(field.defaultValue(), field.name).toBeNull();
      }
    }
  });

  test('names fields in camelCase', () => {
    for (const record of recordsIn(typeOf(name))) {
      for (const field of record.fields) expect(field.name).toMatch(/^[a-z][a-zA-Z0-9]*$/);
    }
  });
});

test('names of records are unique over all schemas, unless they are the same record', () => {
  const seen = new Map<string | undefined, Buffer>();
  for (const record of names.flatMap((name) => recordsIn(typeOf(name)))) {
    const known = seen.get(record.name);
    if (known !== undefined) expect(record.fingerprint(), record.name).toEqual(known);
    seen.set(record.name, record.fingerprint());
  }
});

test('a token’s week survives, and metadata of before there were weeks have none', () => {
  const type = typeOf('TokenMetadata');
  const week = { computedAt: 1_700_000_000_000, weeks: 4, indexMicro: [1_000_000, 8_000_000] };
  const back = type.fromBuffer(type.toBuffer({ ...fixtures.TokenMetadata, week }));
  expect(JSON.parse(JSON.stringify(back.week))).toEqual(week);
  const { fields } = avroSchemas.TokenMetadata as { fields: { name: string }[] };
  const known = fields.filter(({ name }) => name !== 'week');
  const before = avro.Type.forSchema({
    ...avroSchemas.TokenMetadata,
    fields: known,
  } as avro.Schema);
  const { week: _, ...old } = fixtures.TokenMetadata;
  const read = type.fromBuffer(before.toBuffer(old), type.createResolver(before));
  expect(read.week).toBeNull();
});

test('times and counts beyond 32 bits survive', () => {
  const type = typeOf('TokenView');
  const far = { ...fixtures.TokenView, viewedAt: 253_402_300_799_999 };
  expect(type.fromBuffer(type.toBuffer(far)).viewedAt).toBe(far.viewedAt);
});

/** Arrays of numbers and strings have no fields to compare. */
function withoutLeafArrays(shape: unknown): unknown {
  return JSON.parse(JSON.stringify(shape).replaceAll('[null]', 'null'));
}

/** The schema as it was before these fields came. */
function without(schema: object, names: readonly string[]): avro.Schema {
  const drop = (_key: string, value: unknown) =>
    Array.isArray(value)
      ? value.filter((part) => !names.includes(String((part as { name?: unknown }).name)))
      : value;
  return JSON.parse(JSON.stringify(schema, drop)) as avro.Schema;
}

test('boards and candidates of writers that told no more than the score are read, what they lack as not known', () => {
  const read = (name: 'Board' | 'CandidateSet') => {
    const former = avro.Type.forSchema(
      without(avroSchemas[name], ['basis', 'siteEffective', 'capped']),
    );
    const type = typeOf(name);
    const back = type.fromBuffer(
      former.toBuffer(fixtures[name]),
      type.createResolver(former),
    ) as object;
    return JSON.parse(JSON.stringify(back));
  };
  const [item] = fixtures.Board.items;
  expect(read('Board')).toEqual({
    ...fixtures.Board,
    siteEffective: -1,
    items: [{ ...item, basis: null }],
  });
  const [candidate] = fixtures.CandidateSet.items;
  expect(read('CandidateSet').items).toEqual([{ ...candidate, capped: -1 }]);
});
