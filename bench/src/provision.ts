import { startChild } from './child.ts';
import type { BenchStack } from './stack.ts';

/** Topics and schemas of its own for one benchmark, under this prefix. */
export async function provision(stack: BenchStack, prefix: string): Promise<void> {
  const env = { KAFKA_BROKERS: stack.kafka, REGISTRY_URL: stack.registryUrl, TOPIC_PREFIX: prefix };
  for (const step of ['topics', 'schemas']) {
    const child = startChild('tools/provision/src/main.ts', { env, args: [step] });
    const code = await new Promise((resolve) => child.process.once('exit', resolve));
    if (code !== 0) throw new Error(`provisioning ${step} for the benchmark failed`);
  }
}
