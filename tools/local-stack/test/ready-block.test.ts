import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { portsAt } from '../preflight/index.mjs';
import { envLines, readyBlock, tickLine } from '../src/ready-block.ts';
import { urlsOf } from '../src/services/urls.ts';
import { exampleStack } from './support/example-stack.ts';

describe('the ready block', () => {
  test('shows every URL of the offset it runs at, and commands that publish and read', () => {
    const block = readyBlock({ ...exampleStack, offset: 100, ...urlsOf(portsAt(100)) }, 'a note');
    expect(block).toContain('http://127.0.0.1:3102/');
    expect(block).toContain(
      "curl -X POST -H 'Authorization: Bearer trending-dev-key' 'http://127.0.0.1:3100/",
    );
    expect(block).toContain('http://127.0.0.1:8223/?query=');
    expect(block).toContain('--port-offset 100');
    expect(block).not.toMatch(/:(3000|3001|3002|9092|8081|8123)\b/);
  });

  test('leaves out what is not there without apps', () => {
    expect(readyBlock({ ...exampleStack, apps: false }, 'a note')).not.toContain('Live page');
  });

  test('ticks with one decimal of a second', () => {
    expect(tickLine({ label: 'kafka', elapsedMs: 9_849, note: 'x' })).toMatch(/✓ kafka +9\.8s +x$/);
  });

  test('variables are lines a shell can evaluate', () => {
    for (const line of envLines(exampleStack).split('\n')) {
      expect(line).toMatch(/^export [A-Z_]+=[\w:/.-]*$/);
    }
    expect(envLines(exampleStack)).toContain('export TRENDING_API_KEY=trending-dev-key');
  });

  test('every process that counts is named, also when roles are split', () => {
    const running = (port: number) => ({ pid: 1, url: `http://127.0.0.1:${port}`, ready: true });
    const services = {
      ...{ 'aggregate-1': running(3001), 'aggregate-2': running(3004) },
      ...{ 'rank-1': running(3005), sink: running(3007) },
    };
    expect(envLines({ ...exampleStack, services })).toContain(
      'export PROCESSOR_URLS=http://127.0.0.1:3001,http://127.0.0.1:3004\n',
    );
    expect(envLines(exampleStack)).toContain('export PROCESSOR_URLS=http://127.0.0.1:3001\n');
  });

  test.each(['curl/publish-and-read.sh', 'python/trending.py', 'go/main.go'])(
    'the example %s reads the variables under the names they are given',
    (file) => {
      const text = readFileSync(new URL(`../../../examples/${file}`, import.meta.url), 'utf8');
      const read = [...text.matchAll(/\b\w+_(?:URL|KEY)\b/g)].map(([name]) => name);
      const given = [...envLines(exampleStack).matchAll(/ (\w+)=/g)].map(([, name]) => name);
      expect(read).not.toEqual([]);
      expect(given).toEqual(expect.arrayContaining(read));
    },
  );
});
