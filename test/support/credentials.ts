import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });

/** A view token that the producer-api signs for a page of `origin`, good for 15 minutes. */
export async function viewTokenOf(
  url: string,
  { apiKey, origin }: { readonly apiKey: string; readonly origin: string },
): Promise<string> {
  const answer = await fetch(`${url}/api/v1/view-tokens`, {
    method: 'POST',
    headers: { ...bearer(apiKey), 'content-type': 'application/json' },
    body: JSON.stringify({ origin, ttlSeconds: 900 }),
  });
  if (!answer.ok) throw new Error(`view token: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { token: string }).token;
}

/** An access token for the boards by views that `npm run access-token` signs, which reads its secrets from `env`. */
export async function accessToken(env: Readonly<Record<string, string>>): Promise<string> {
  const command = '../../apps/push-gateway/src/access-token/main.ts';
  const args = [fileURLToPath(new URL(command, import.meta.url)), '--boards', 'formula:views'];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  return stdout.trim();
}

/** An open stream of server-sent events; `end` is empty until it has ended, then all that came. */
export interface OpenStream {
  readonly status: number;
  readonly end: string;
  leave(): void;
}

export async function openStream(url: string, credential: string): Promise<OpenStream> {
  const leaving = new AbortController();
  const answer = await fetch(url, { headers: bearer(credential), signal: leaving.signal });
  const stream = { status: answer.status, end: '', leave: () => leaving.abort() };
  void answer.text().then(
    (text) => Object.assign(stream, { end: text }),
    () => undefined,
  );
  return stream;
}
