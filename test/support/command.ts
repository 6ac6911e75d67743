import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { StackUrls } from './pipeline.ts';

/**
 * Runs a command of the repository on a stack, told as `npm run status -- --env` tells people. `path` is seen from the root. Resolves to what
 * it prints; rejects with that when it exits with another code than 0.
 */
export async function runOn(stack: StackUrls, path: string, ...args: string[]): Promise<string> {
  const command = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  const env = {
    ...process.env,
    KAFKA_BROKERS: stack.kafka,
    REGISTRY_URL: stack.registryUrl,
    CLICKHOUSE_URL: stack.clickhouseUrl,
    PRODUCER_URL: stack.producerUrl,
    PROCESSOR_URLS: stack.processorUrl,
    TRENDING_API_KEY: stack.apiKey,
  };
  try {
    return (await promisify(execFile)(process.execPath, [command, ...args], { env })).stdout;
  } catch (cause) {
    throw new Error(`${path}: ${(cause as { readonly stdout?: string }).stdout}`, { cause });
  }
}
