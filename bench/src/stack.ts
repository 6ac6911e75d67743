import { readFileSync } from 'node:fs';
import { asError } from '@trending/runtime/errors';
import { UsageError } from '@trending/runtime/usage';
import { startChild, untilReady } from './child.ts';
import { progress } from './harness.ts';

/** What a benchmark needs of a running stack. */
export interface BenchStack {
  readonly producerUrl: string;
  readonly gatewayUrl: string;
  readonly kafka: string;
  readonly registryUrl: string;
  readonly clickhouseUrl: string;
  readonly apiKey: string;
}

const offset = 700;

/** Runs `work` on the stack of TRENDING_STACK (a file with `npm run -s status -- --json`), else on one started and stopped here. */
export async function withStack<T>(work: (stack: BenchStack) => Promise<T>): Promise<T> {
  const file = process.env['TRENDING_STACK'];
  if (file !== undefined) return work(givenStack(file));
  progress('starting a stack without demo traffic');
  const stack = startChild('tools/local-stack/src/main.ts', {
    args: ['--no-demo', '--port-offset', String(offset)],
  });
  try {
    const at = (port: number): string => `http://127.0.0.1:${port + offset}`;
    for (const port of [3000, 3001, 3002]) await untilReady(`${at(port)}/readyz`, 300_000);
    return await work({
      producerUrl: at(3000),
      gatewayUrl: at(3002),
      kafka: `127.0.0.1:${9092 + offset}`,
      registryUrl: `${at(8081)}/apis/ccompat/v7`,
      clickhouseUrl: at(8123),
      apiKey: 'trending-dev-key',
    });
  } finally {
    await stack.stop();
  }
}

function givenStack(file: string): BenchStack {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as BenchStack;
  } catch (error) {
    throw new UsageError(
      `TRENDING_STACK ${file}: ${asError(error).message}. Write it with npm run -s status -- --json > ${file}`,
    );
  }
}
