import { describe, expect, test } from 'vitest';
import { composeEnv, composeSteps } from '../src/docker-stack.ts';

describe('the stack in containers', () => {
  test('the page finds demo traffic where the browser runs, on the port of this offset', () => {
    expect(composeEnv(100, true)['DEMO_URL']).toBe('http://127.0.0.1:3103');
  });

  test('the page knows of no demo when there is none', () => {
    expect(composeEnv(0, false)['DEMO_URL']).toBe('');
  });

  test('without apps topics, schemas and tables are made, to the end, once everything they need is up', () => {
    expect(composeSteps({ apps: false, demo: false })).toEqual([
      ['up', '--detach', '--build', '--wait', 'kafka', 'registry', 'clickhouse'],
      ['run', '--rm', '--no-TTY', '--build', 'init'],
    ]);
  });

  test('with apps, which depend on init, compose does all in one', () => {
    expect(composeSteps({ apps: true, demo: true })).toEqual([
      ['--profile', 'demo', 'up', '--detach', '--build', '--wait'],
    ]);
  });
});
