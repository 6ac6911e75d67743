import { acceptNdjson, NdjsonBody, ProblemError, problemOf, strictBody } from '@trending/runtime';
import { ViewsAnswer, ViewsBody, viewsMax } from '@trending/schemas/http/publish';
import type { FastifyInstance } from 'fastify';
import { takerOf } from '../intake.ts';
import { type BatchItem, BatchRun } from './batch-run.ts';
import { keyOptional, problems, publishHeaders } from './documentation.ts';
import { originOf } from './origin.ts';
import type { Publishing } from './publishing.ts';
import { payQuota } from './quotas.ts';

const bodyLimit = 1024 * 1024;
const schema = {
  operationId: 'publishViews',
  tags: ['views'],
  summary: 'Report up to 1000 views',
  description:
    'A JSON array, or one JSON object a line as `application/x-ndjson`. Every view is judged by itself: bad ones are listed in `rejected` and never sink the rest. ' +
    'A rejection with status 503 was not confirmed by the brokers: send that view again with the `eventId` it names. When no view could be stored the answer is 503 as a whole.',
  security: keyOptional,
  headers: publishHeaders,
  consumes: ['application/json', 'application/x-ndjson'],
  body: ViewsBody,
  response: { 202: ViewsAnswer, ...problems(400, 401, 403, 413, 415, 429, 503) },
};

/** POST /api/v1/views */
export async function viewsRoute(app: FastifyInstance, publishing: Publishing): Promise<void> {
  await app.register(async (batch) => {
    acceptNdjson(batch, viewsMax);
    batch.post<{ Body: unknown }>(
      '/api/v1/views',
      // Items are checked one by one in the handler, so the body's schema is documentation only.
      { schema, bodyLimit, validatorCompiler: strictBody({ isChecked: false }) },
      async (request, reply) => {
        const origin = originOf(request, publishing);
        const items = itemsOf(request.body);
        payQuota(publishing.quotas, { origin, views: items.length, reply });
        const run = new BatchRun(publishing, takerOf(publishing.intake, origin));
        for (const item of items) run.take(item);
        await run.publish(origin.caller.kind === 'key');
        return reply.code(202).send(run.answer());
      },
    );
  });
}

function itemsOf(body: unknown): readonly BatchItem[] {
  if (body instanceof NdjsonBody && body.lines.length > 0) return body.lines;
  if (!Array.isArray(body) || body.length === 0)
    throw new ProblemError(
      problemOf(
        400,
        'validation',
        'The body is a JSON array of 1 to 1000 views, or NDJSON with one view a line.',
      ),
    );
  if (body.length > viewsMax)
    throw new ProblemError(
      problemOf(413, 'too-many-views', `At most ${viewsMax} views a request.`),
    );
  return body.map((value, index) => ({ ok: true, index, value }));
}
