import { hash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ProblemError, problemOf } from '@trending/runtime';
import type { FastifyReply, FastifyRequest, RequestPayload } from 'fastify';
import { invalid, type SignedBody } from './signatures.ts';

export interface BodyContext {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly payload: RequestPayload;
  readonly expected: SignedBody;
}

/**
 * The body of a signed request, read whole, when it is the one that was signed: only then it is parsed.
 * @throws ProblemError 401 for another body, 413 for one that is too large, 400 for one that ends early.
 */
export async function checkedBody(context: BodyContext): Promise<RequestPayload> {
  const body = await wholeBody(context);
  if (hash('sha256', body) !== context.expected.sha256)
    throw invalid('content-sha256 is not that of the body received');
  const replayed = Readable.from([body], { objectMode: false }) as RequestPayload;
  replayed.receivedEncodedLength = body.length;
  return replayed;
}

async function wholeBody({ request, reply, payload }: BodyContext): Promise<Buffer> {
  const limit = request.routeOptions.bodyLimit;
  const tooLarge = () => {
    // The rest of it is still on its way, so nothing else can come over this socket.
    reply.header('connection', 'close');
    return new ProblemError(problemOf(413, 'body-too-large', `The body is over ${limit} bytes.`));
  };
  if (Number(request.headers['content-length']) > limit) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    // Left early the stream must live on: the answer goes over the same socket.
    for await (const chunk of (payload as Readable).iterator({ destroyOnReturn: false })) {
      length += (chunk as Buffer).length;
      if (length > limit) throw tooLarge();
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw new ProblemError(problemOf(400, 'bad-request', 'The body ended before its length.'));
  }
  return Buffer.concat(chunks, length);
}
