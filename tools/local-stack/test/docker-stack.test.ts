import { describe, expect, test } from 'vitest';
import { composeEnv } from '../src/docker-stack.ts';

describe('the stack in containers', () => {
  test('the page finds demo traffic where the browser runs, on the port of this offset', () => {
    expect(composeEnv(100, true)['DEMO_URL']).toBe('http://127.0.0.1:3103');
  });

  test('the page knows of no demo when there is none', () => {
    expect(composeEnv(0, false)['DEMO_URL']).toBe('');
  });
});
