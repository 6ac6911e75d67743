import { describe, expect, it } from 'vitest';
import { boardOf, tokens } from '../support/boards.ts';
import { startGateway } from '../support/test-gateway.ts';

describe.each(['/embed/v1/board.html', '/embed/v1/board-fragment.html'])(
  'a board as a document, at %s',
  (url) => {
    it('is not there before the boards have been read: an empty one would be kept by caches', async () => {
      const gateway = await startGateway({ isStarted: false });
      const early = await gateway.app.inject(url);
      expect([early.statusCode, early.json().type]).toEqual([503, '/docs/errors.md#catching-up']);
      await gateway.stop();
    });

    it('may stand in a frame of any site', async () => {
      const gateway = await startGateway();
      await gateway.publish(boardOf(tokens(3)));
      const { headers } = await gateway.app.inject(url);
      expect(headers['content-security-policy']).toContain('frame-ancestors *');
      expect(headers).not.toHaveProperty('x-frame-options');
      await gateway.stop();
    });

    it('counts against the rate limit, and is for reading only', async () => {
      const gateway = await startGateway({ env: { RATE_LIMIT_PER_MINUTE: '2' } });
      await gateway.publish(boardOf(tokens(3)));
      const first = await gateway.app.inject(url);
      expect([first.statusCode, first.headers['content-type']]).toEqual([
        200,
        'text/html; charset=utf-8',
      ]);
      expect(first.body).toContain('<table');
      expect((await gateway.app.inject({ method: 'POST', url })).statusCode).toBe(405);
      expect((await gateway.app.inject(url)).statusCode).toBe(429);
      await gateway.stop();
    });
  },
);
