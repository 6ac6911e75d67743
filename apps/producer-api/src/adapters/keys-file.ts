import { AppError } from '@trending/runtime';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { StoredKey } from './api-keys.ts';

const closed = { additionalProperties: false } as const;
const hex = Type.String({ pattern: '^[0-9a-f]{64}$' });
const limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000 }));
const Secret = Type.Object(
  {
    id: Type.String({ pattern: '^[0-9a-f]{8}$' }),
    createdAt: Type.String({ maxLength: 40 }),
    bearerSha256: hex,
    signingKey: Type.Optional(hex),
  },
  closed,
);
const Key = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,31}$' }),
    scopes: Type.Array(
      Type.Union([Type.Literal('publish'), Type.Literal('backfill'), Type.Literal('admin')]),
      { minItems: 1, maxItems: 3, uniqueItems: true },
    ),
    signedOnly: Type.Optional(Type.Boolean()),
    viewsPerMinute: limit,
    viewsPerDay: limit,
    /** Two while one replaces the other. */
    secrets: Type.Array(Secret, { minItems: 1, maxItems: 2 }),
  },
  closed,
);
const Document = Type.Object(
  { version: Type.Literal(1), keys: Type.Array(Key, { maxItems: 1000 }) },
  closed,
);

/** The keys file: no secrets, only what is needed to know them again. */
export type KeysDocument = Static<typeof Document>;
export type KeyEntry = Static<typeof Key>;

/** Longest keys file, bytes. */
export const keysFileMax = 1024 * 1024;

const check = Compile(Document);

/** @throws AppError CONFIG_INVALID that names the place, never what stands there. */
export function keysDocument(text: string): KeysDocument {
  const value = jsonOf(text);
  if (!check.Check(value)) {
    const [first] = check.Errors(value);
    throw invalid(`${first?.instancePath || '/'} ${first?.message ?? 'is not right'}`);
  }
  const names = value.keys.map(({ name }) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw invalid(`the name ${repeated} stands twice`);
  const mute = value.keys.find((key) => key.signedOnly === true && key.secrets.some(cannotSign));
  if (mute !== undefined) throw invalid(`${mute.name} is signed only, but lacks a signing key`);
  return value;
}

function cannotSign({ signingKey }: Static<typeof Secret>): boolean {
  return signingKey === undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message would quote the file.
    throw invalid('it is not JSON');
  }
}

function invalid(why: string): AppError {
  return new AppError({ code: 'CONFIG_INVALID', message: `The keys file is not valid: ${why}.` });
}

export function storedKeys({ keys }: KeysDocument): StoredKey[] {
  return keys.map(({ name, scopes, signedOnly, secrets, ...limits }) => ({
    caller: { kind: 'key', name, scopes: new Set(scopes), ...limits },
    isSignedOnly: signedOnly === true,
    secrets: secrets.map(({ bearerSha256, signingKey }) => ({
      digest: Buffer.from(bearerSha256, 'hex'),
      ...(signingKey === undefined ? {} : { signingKey: Buffer.from(signingKey, 'hex') }),
    })),
  }));
}
