import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { clickhouseShows, freshToken, publishSurely, viewsOf } from './support/pipeline.ts';

const stack = inject('stack');
const run = promisify(execFile);
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** The fenced curl commands, continuation lines joined, aimed at the ports of the stack under test. */
function commands(): string[] {
  const blocks = [...readme.matchAll(/^```\n([\s\S]*?)^```/gm)].map(([, block]) => block ?? '');
  return blocks
    .flatMap((block) => block.replaceAll('\\\n', ' ').split('\n'))
    .filter((line) => line.startsWith('curl '))
    .map((line) =>
      line
        .replaceAll('http://127.0.0.1:3000', stack.producerUrl)
        .replaceAll('http://127.0.0.1:3002', stack.gatewayUrl)
        .replaceAll('http://127.0.0.1:8123', stack.clickhouseUrl),
    );
}

describe("README's commands", () => {
  beforeAll(async () => {
    if (inject('stackMissing') !== '') return;
    const token = freshToken();
    await publishSurely(stack, viewsOf(token, 1));
    await clickhouseShows(stack, token.token, 1);
  });

  test.each(readme.includes('curl ') ? commands() : [])('%s', async (command) => {
    const isStream = command.includes('curl -N');
    const flags = isStream ? '--max-time 3' : '--fail-with-body --max-time 20';
    const pasted = command.replace('curl ', `curl -sS ${flags} `);
    const { stdout } = await run('bash', ['-c', isStream ? `${pasted} || true` : pasted]);
    expect(stdout.length).toBeGreaterThan(0);
    expect(stdout).not.toMatch(/"status":[45]\d\d|DB::Exception/);
    if (isStream) expect(stdout).toContain('event: snapshot');
  });

  test('replay and status explain themselves', async () => {
    for (const script of ['replay', 'ingest-dataset', 'bench']) {
      const { stdout, stderr } = await run('npm', ['run', '-s', script, '--', '--help']);
      expect(`${stdout}${stderr}`, script).toContain(script);
    }
  });
});
