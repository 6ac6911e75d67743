import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from '@trending/runtime/free-port';
import { until } from '@trending/runtime/testing';
import type { RunningStack } from './stack.ts';

/** A process of a test's own beside those of the stack, on the stack's broker, registry and ClickHouse. */
export interface OwnService {
  readonly url: string;
  /** All that it has printed. */
  output(): string;
  /** Those lines of its log that hold all of `words`. */
  logged(...words: readonly string[]): readonly string[];
  /** Ends it kindly. @returns its exit code, null when a signal ended it */
  stop(): Promise<number | null>;
}

/** Starts an app with these settings and nothing else of this process's environment; resolves once it is ready. */
export async function startOwnService(
  stack: RunningStack,
  app: 'producer-api' | 'push-gateway',
  settings: Readonly<Record<string, string>>,
): Promise<OwnService> {
  const main = fileURLToPath(new URL(`../../apps/${app}/src/main.ts`, import.meta.url));
  const port = await freePort();
  const child = spawn(process.execPath, [main], {
    env: {
      ...{ PATH: process.env['PATH'], PORT: String(port) },
      ...{ KAFKA_BROKERS: stack.kafka, REGISTRY_URL: stack.registryUrl },
      ...{ CLICKHOUSE_URL: stack.clickhouseUrl, ...settings },
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => {
      output += bytes.toString();
    });
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  const service: OwnService = {
    url,
    output: () => output,
    logged: (...words) =>
      output.split('\n').filter((line) => words.every((word) => line.includes(word))),
    async stop() {
      child.kill('SIGTERM');
      const [code] = (await exited) as [number | null];
      return code;
    },
  };
  try {
    await until({ timeoutMs: 60_000, what: `${app} to be ready` }, async () => {
      return (await fetch(`${url}/readyz`)).ok || undefined;
    });
  } catch (cause) {
    child.kill('SIGKILL');
    throw new Error(`${app} did not start:\n${output}`, { cause });
  }
  return service;
}
