import { TokenPath, ViewAnswer, ViewBody, ViewQuery } from '@trending/schemas/http/publish';
import Fastify from 'fastify';

/** The least a fastify server can do for the same call: the schemas of producer-api's route, an empty handler. */
const schema = {
  params: TokenPath,
  querystring: ViewQuery,
  body: ViewBody,
  response: { 202: ViewAnswer },
};
const answer = { eventId: '018f3c1e-0000-7000-8000-000000000000', status: 'accepted' };

const app = Fastify({ logger: false });
app.post('/api/v1/tokens/:address/view', { schema }, (_request, reply) =>
  reply.code(202).send(answer),
);
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
console.log('READY');
