import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, inject, test } from 'vitest';
import {
  clickhouseShows,
  freshToken,
  publishSurely,
  restBoard,
  viewsOf,
} from './support/pipeline.ts';

const stack = inject('stack');
const run = promisify(execFile);
const examples = fileURLToPath(new URL('../examples', import.meta.url));

/** The first of these tools that this machine lacks. */
function lacking(tools: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return tools.find((tool) => !folders.some((folder) => isRunnable(join(folder, tool))));
}

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

beforeAll(async () => {
  if (inject('stackMissing') === '') await publishSurely(stack, viewsOf(freshToken(), 100));
});

test.for([
  { name: 'curl', tools: ['bash', 'curl'], command: 'bash curl/publish-and-read.sh', views: 3 },
  { name: 'python', tools: ['python3'], command: 'python3 python/trending.py', views: 5 },
  { name: 'go', tools: ['go'], command: 'go run go/main.go', views: 5 },
  { name: 'java', tools: ['java', 'mvn'], command: 'bash java/run.sh', views: 5 },
])('the $name example publishes its views, each counted once', async (example, context) => {
  const missing = lacking(example.tools);
  if (missing !== undefined) return context.skip(`no ${missing} on this machine`);
  const { token } = freshToken();
  const [program = '', ...args] = example.command.split(' ');
  const { stdout } = await run(program, args, {
    cwd: examples,
    timeout: 140_000,
    maxBuffer: 16 * 1024 * 1024,
    env: {
      ...process.env,
      PRODUCER_URL: stack.producerUrl,
      GATEWAY_URL: stack.gatewayUrl,
      KAFKA_BROKERS: stack.kafka,
      REGISTRY_URL: stack.registryUrl,
      TRENDING_API_KEY: stack.apiKey,
      TOKEN: token,
    },
  });
  await clickhouseShows(stack, token, example.views);
  if (example.name === 'java') return expect(stdout).toBe(`published 5 views of ${token}\n`);
  const [first] = await restBoard(stack);
  expect(stdout).toContain(first?.token);
  if (example.name === 'curl') return expect(stdout).toContain('event: snapshot');
  expect(stdout).toMatch(/^published 5 views/);
  expect(stdout).toMatch(/^#1 \S+ \d+ views$/m);
});
