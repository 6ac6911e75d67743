import { describe, expect, test } from 'vitest';
import {
  availableMbOf,
  chooseStack,
  type Facts,
  hasFailed,
  javaMajorOf,
  reportText,
  verdictsOf,
} from '../../preflight/index.mjs';

const fine: Facts = {
  node: { running: 24, path: 'node', own: 24 },
  java: 17,
  maven: true,
  docker: undefined,
  installed: true,
  diskFreeMb: 50_000,
  memoryFreeMb: 8_000,
  busy: [],
};

const judge = (facts: Facts, env: Record<string, string> = {}) =>
  verdictsOf(facts, {
    stack: chooseStack(facts, { wanted: env['STACK'], cached: false }),
    cached: false,
    env,
  });

describe('versions', () => {
  test.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['java version "1.8.0_402"', 8],
    ['openjdk version "21" 2023-09-19', 21],
    ['command not found', undefined],
  ])('%s is Java %s', (text, major) => {
    expect(javaMajorOf(text)).toBe(major);
  });

  test('available memory is read in MB', () => {
    expect(availableMbOf('MemTotal: 1 kB\nMemAvailable:    2048000 kB\n')).toBe(2000);
    expect(availableMbOf('')).toBeUndefined();
  });
});

describe('the stack', () => {
  test.each<[string, { facts: Partial<Facts>; cached?: boolean; stack: string }]>([
    ['Java and Maven', { facts: {}, stack: 'local' }],
    ['Java and a filled cache', { facts: { maven: false }, cached: true, stack: 'local' }],
    ['Java alone, with Docker', { facts: { maven: false, docker: true }, stack: 'docker' }],
    ['old Java, with Docker', { facts: { java: 11, docker: true }, stack: 'docker' }],
    ['no Java, no Docker', { facts: { java: undefined, docker: false }, stack: 'none' }],
    [
      'no Java and a filled cache',
      { facts: { java: undefined, docker: false }, cached: true, stack: 'none' },
    ],
  ])('with %s', (_, { facts, cached = false, stack }) => {
    expect(chooseStack({ ...fine, ...facts }, { wanted: undefined, cached })).toBe(stack);
  });

  test('is the wanted one, whatever is here', () => {
    expect(chooseStack(fine, { wanted: 'docker', cached: true })).toBe('docker');
  });
});

describe('the verdicts', () => {
  test('on a fine machine hold nothing back and print nothing at start', () => {
    const verdicts = judge(fine);
    expect(hasFailed(verdicts)).toBe(false);
    expect(reportText(verdicts, { all: false })).toBe('');
    expect(reportText(verdicts, { all: true })).toContain('✓ java      Java 17');
  });

  test.each<[string, Partial<Facts>, RegExp]>([
    [
      'Node 20 without our own',
      { node: { running: 20, path: '', own: undefined } },
      /npm rebuild node/,
    ],
    ['missing packages', { installed: false }, /fix: npm ci/],
    ['old Java', { java: 11, docker: false }, /Java 11 is older than 17[\s\S]*openjdk-17/],
    ['no Maven', { maven: false, docker: false }, /install maven/],
    ['a full disk', { diskFreeMb: 100 }, /TRENDING_CACHE/],
    [
      'a busy port',
      { busy: [{ name: 'kafka', port: 9092, owner: { pid: 4711, command: 'java kafka.Kafka' } }] },
      /9092 \(kafka\) is held by process 4711: java kafka.Kafka\s+fix: stop it \(kill 4711\).*--port-offset/,
    ],
    [
      'a port of somebody else',
      { busy: [{ name: 'kafka', port: 9092, owner: undefined }] },
      /another user\s+fix: find it with/,
    ],
  ])('%s stops the start and names the fix', (_, facts, text) => {
    const verdicts = judge({ ...fine, ...facts });
    expect(hasFailed(verdicts)).toBe(true);
    expect(reportText(verdicts, { all: false })).toMatch(text);
  });

  test('with neither Java nor Docker there is one message with both fixes', () => {
    const text = reportText(judge({ ...fine, java: undefined, docker: false }), { all: false });
    expect(text).toMatch(/apt-get install openjdk-17-jre-headless maven, or start Docker/);
  });

  test('little memory is a warning, not an obstacle', () => {
    const verdicts = judge({ ...fine, memoryFreeMb: 500 });
    expect(hasFailed(verdicts)).toBe(false);
    expect(reportText(verdicts, { all: false })).toContain('500 MB available');
  });

  test('an unknown STACK is refused', () => {
    expect(reportText(judge(fine, { STACK: 'podman' }), { all: false })).toMatch(/STACK=local/);
  });

  test('a wanted but dead Docker is refused', () => {
    expect(hasFailed(judge({ ...fine, docker: false }, { STACK: 'docker' }))).toBe(true);
  });
});
