import type { FastifyInstance } from 'fastify';
import { asyncApiDocument } from './asyncapi-document.ts';

/** GET /asyncapi.json */
export function asyncApiRoute(app: FastifyInstance, version: string): void {
  const text = JSON.stringify(asyncApiDocument(version));
  app.get('/asyncapi.json', { schema: { hide: true } }, (_request, reply) =>
    reply
      .header('cache-control', 'no-cache')
      .header('access-control-allow-origin', '*')
      .type('application/json; charset=utf-8')
      .send(text),
  );
}
