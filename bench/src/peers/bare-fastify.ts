import Fastify from 'fastify';

const app = Fastify({ logger: false });
const schema = {
  params: {
    type: 'object',
    properties: { address: { type: 'string', maxLength: 128 } },
    required: ['address'],
  },
  body: {
    type: 'object',
    additionalProperties: false,
    properties: {
      chain: { type: 'string', maxLength: 32 },
      viewer: { type: 'string', maxLength: 128 },
    },
  },
} as const;

app.post('/api/v1/tokens/:address/view', { schema }, (_request, reply) =>
  reply.code(202).send({ eventId: '', status: 'accepted' }),
);
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
console.log('READY');
