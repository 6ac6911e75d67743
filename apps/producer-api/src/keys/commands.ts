import { randomBytes } from 'node:crypto';
import { UsageError } from '@trending/runtime/usage';
import { bearerDigest, newSecret, signingKeyOf } from '../adapters/key-secrets.ts';
import type { KeyEntry, KeysDocument } from '../adapters/keys-file.ts';
import { type CreateCommand, type KeysCommand, keysHelp } from './options.ts';
import { changeKeys, readKeys } from './store.ts';

type SecretEntry = KeyEntry['secrets'][number];

/** Does what the command says. @param now ms. @returns what to print. @throws UsageError, AppError */
export async function runKeys(command: KeysCommand, now: number): Promise<string> {
  switch (command.name) {
    case 'help':
      return keysHelp;
    case 'list':
      return listed(await readKeys(command.file), command.json);
    case 'create':
      return await create(command, now);
    case 'rotate':
      return await rotate(command, now);
    case 'revoke':
      return await revoke(command);
  }
}

async function create(command: CreateCommand, now: number): Promise<string> {
  const { secret, entry } = freshSecret(now, command.auth !== 'bearer-only');
  const { viewsPerMinute, viewsPerDay } = command;
  const key: KeyEntry = {
    name: command.key,
    scopes: [...command.scopes],
    ...(command.auth === 'signed-only' ? { signedOnly: true } : {}),
    ...(viewsPerMinute === undefined ? {} : { viewsPerMinute }),
    ...(viewsPerDay === undefined ? {} : { viewsPerDay }),
    secrets: [entry],
  };
  await changeKeys(command.file, (document) => {
    if (find(document, command.key) !== undefined)
      throw new UsageError(`${command.key} exists; rotate it, or revoke it first`);
    return { ...document, keys: [...document.keys, key] };
  });
  return shownOnce(command, { secret, id: entry.id });
}

type Named = Extract<KeysCommand, { name: 'create' | 'rotate' | 'revoke' }>;

async function rotate(command: Named, now: number): Promise<string> {
  let shown = '';
  await changeKeys(command.file, (document) => {
    const key = known(document, command.key);
    if (key.secrets.length > 1)
      throw new UsageError(
        `${key.name} has two secrets already: revoke ${key.name} --secret ${key.secrets[0]?.id} ends the older`,
      );
    const canSign = key.secrets.some(({ signingKey }) => signingKey !== undefined);
    const { secret, entry } = freshSecret(now, canSign);
    shown = shownOnce(command, { secret, id: entry.id });
    return replaced(document, { ...key, secrets: [...key.secrets, entry] });
  });
  return shown;
}

async function revoke(command: Extract<KeysCommand, { name: 'revoke' }>): Promise<string> {
  const { key: name, secret, json } = command;
  await changeKeys(command.file, (document) => {
    const key = known(document, name);
    const rest = key.secrets.filter(({ id }) => secret !== undefined && id !== secret);
    if (secret !== undefined && rest.length === key.secrets.length)
      throw new UsageError(`${name} has no secret ${secret}: ${idsOf(key)}`);
    if (rest.length > 0) return replaced(document, { ...key, secrets: rest });
    return { ...document, keys: document.keys.filter((other) => other !== key) };
  });
  const what = secret === undefined ? name : `${name} ${secret}`;
  return json ? line({ revoked: name, secret: secret ?? null }) : `revoked ${what}\n`;
}

function freshSecret(now: number, canSign: boolean): { secret: string; entry: SecretEntry } {
  const secret = newSecret();
  const entry = {
    id: randomBytes(4).toString('hex'),
    createdAt: new Date(now).toISOString(),
    bearerSha256: bearerDigest(secret).toString('hex'),
    ...(canSign ? { signingKey: signingKeyOf(secret).toString('hex') } : {}),
  };
  return { secret, entry };
}

function find({ keys }: KeysDocument, name: string): KeyEntry | undefined {
  return keys.find((key) => key.name === name);
}

function known(document: KeysDocument, name: string): KeyEntry {
  const key = find(document, name);
  if (key !== undefined) return key;
  const names = document.keys.map((entry) => entry.name).join(', ') || 'none';
  throw new UsageError(`there is no key ${name}; there are: ${names}`);
}

function replaced(document: KeysDocument, key: KeyEntry): KeysDocument {
  return { ...document, keys: document.keys.map((old) => (old.name === key.name ? key : old)) };
}

interface Shown {
  readonly secret: string;
  readonly id: string;
}

function shownOnce({ key, file, json }: Named, { secret, id }: Shown): string {
  if (json) return line({ name: key, secretId: id, secret, file });
  return `${key}, secret ${id}. It is shown now and never again:\n\n  ${secret}\n\nIn force within two seconds wherever ${file} is read.\n`;
}

/** One row a key; never what its secrets are checked with. */
function listed({ keys }: KeysDocument, json: boolean): string {
  const rows = keys.map(({ secrets, ...key }) => ({
    ...key,
    secrets: secrets.map(({ id, createdAt, signingKey }) => ({
      ...{ id, createdAt },
      canSign: signingKey !== undefined,
    })),
  }));
  if (json) return line(rows);
  if (keys.length === 0) return 'no keys\n';
  return keys.map((key) => `${key.name}  ${facts(key).join('  ')}\n`).join('');
}

function facts(key: KeyEntry): string[] {
  const quota = (count: number | undefined, unit: string) =>
    count === undefined ? [] : [`${count} views/${unit}`];
  return [
    key.scopes.join('+'),
    ...(key.signedOnly === true ? ['signed only'] : []),
    ...quota(key.viewsPerMinute, 'min'),
    ...quota(key.viewsPerDay, 'day'),
    idsOf(key),
  ];
}

function idsOf({ secrets }: KeyEntry): string {
  return secrets.map(({ id, createdAt }) => `${id} (${createdAt.slice(0, 10)})`).join(', ');
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
