import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const dockerfile = read('Dockerfile');
const { workspaces, devDependencies } = JSON.parse(read('package.json')) as {
  readonly workspaces: readonly string[];
  readonly devDependencies: Readonly<Record<string, string>>;
};

describe('the Dockerfile', () => {
  const manifests = globSync(
    workspaces.map((folder) => `${folder}/package.json`),
    { cwd: root },
  );

  test.each(manifests)(
    'gives npm ci the manifest %s, without which the lock file does not fit',
    (path) => {
      expect(dockerfile).toContain(`COPY ${path} ${dirname(path)}/\n`);
    },
  );

  test('runs on the Node that the repository brings', () => {
    expect(dockerfile).toContain(`FROM node:${devDependencies['node']}-`);
  });

  test('has a target for every program that compose builds, and each program exists', () => {
    const targets = [...read('docker-compose.yml').matchAll(/target: ([a-z-]+)/g)].map(
      ([, name]) => name,
    );
    expect(targets.length).toBeGreaterThan(4);
    for (const target of targets) expect(dockerfile).toContain(`FROM service AS ${target}\n`);
    const programs = [...dockerfile.matchAll(/CMD \[(.+)\]/g)].map(([, words = '']) =>
      (JSON.parse(`[${words}]`) as string[]).find((word) => !word.startsWith('--')),
    );
    expect(programs.length).toBeGreaterThanOrEqual(targets.length);
    for (const main of programs)
      expect(existsSync(join(root, main ?? 'no program')), main).toBe(true);
  });

  test('brings the page that explains errors, which every service serves', () => {
    const base = dockerfile.slice(
      dockerfile.indexOf('AS service'),
      dockerfile.indexOf('USER node'),
    );
    expect(base).toContain('COPY docs/errors.md docs/\n');
    expect(read('.dockerignore')).toContain('!docs/errors.md\n');
  });

  test('ends every image as a user that is not root', () => {
    expect(dockerfile.indexOf('USER node')).toBeLessThan(dockerfile.indexOf('FROM service AS'));
    expect(dockerfile).not.toContain('USER root');
  });
});
