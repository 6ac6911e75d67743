import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Api {
  readonly name: string;
  readonly url: string;
  /** Sent with every request; empty = none. */
  readonly apiKey: string;
  /** Paths that never end. */
  readonly excluded: readonly string[];
}

export interface RunSettings {
  readonly command: string;
  readonly seed: number;
  /** Generated requests a call, beside those that cover every rule of its schema. */
  readonly examples: number;
}

export interface ApiReport {
  readonly api: string;
  /** Requests sent. */
  readonly requests: number;
  readonly failures: readonly string[];
  readonly seconds: number;
  /** All that Schemathesis said. */
  readonly text: string;
}

/**
 * Left out: whether requests that break the schema are refused as a whole (a batch lists its bad items in a 202), and whether all
 * that keep it are taken (no schema knows the checksum of an address).
 */
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'unsupported_method',
  'allow_header_conformance',
  'ignored_auth',
];
const timeoutMs = 120_000;

/** Requests made from the live OpenAPI document: right ones, edges, and wrong ones of every kind. */
export async function testApi(api: Api, settings: RunSettings): Promise<ApiReport> {
  const cwd = await mkdtemp(join(tmpdir(), 'schemathesis-'));
  const start = performance.now();
  try {
    const text = await output(settings.command, argumentsOf(api, settings), cwd);
    const seconds = (performance.now() - start) / 1000;
    return { api: api.name, ...figuresOf(text), seconds: Math.round(seconds * 10) / 10, text };
  } finally {
    await rm(cwd, { recursive: true });
  }
}

function argumentsOf({ url, apiKey, excluded }: Api, { seed, examples }: RunSettings): string[] {
  return [
    ...['run', `${url}/openapi.json`, '--checks', checks.join(',')],
    ...['--phases', 'examples,coverage,fuzzing', '--max-examples', String(examples)],
    ...['--seed', String(seed), '--generation-database', 'none', '--no-shrink'],
    ...['--continue-on-failure', '--no-color', '--request-timeout', '10'],
    ...(apiKey === '' ? [] : ['--header', `Authorization: Bearer ${apiKey}`]),
    ...excluded.flatMap((path) => ['--exclude-path', path]),
  ];
}

async function output(command: string, args: readonly string[], cwd: string): Promise<string> {
  const hooks = fileURLToPath(new URL('hooks.py', import.meta.url));
  const env = { ...process.env, SCHEMATHESIS_HOOKS: hooks, PYTHONDONTWRITEBYTECODE: '1' };
  const child = spawn(command, args, {
    cwd,
    env,
    timeout: timeoutMs,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => {
      text += bytes.toString();
    });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.on('error', reject);
  child.on('close', () => resolve());
  await promise;
  return text;
}

/** @throws Error when there is no summary: then it did not run to its end. */
export function figuresOf(text: string): Pick<ApiReport, 'requests' | 'failures'> {
  const [, requests] = /^\s+(\d+) generated/m.exec(text) ?? [];
  if (requests === undefined)
    throw new Error(`Schemathesis did not end:\n${text.split('\n').slice(-20).join('\n')}`);
  const failures = [...text.matchAll(/^ {2}(?:❌|🚫) (.+): (\d+)$/gmu)];
  return {
    requests: Number(requests),
    failures: failures.map(([, what, count]) => `${what}: ${count}`),
  };
}
