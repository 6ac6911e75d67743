import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from './errors.ts';
import { type Problem, ProblemError, type ProblemPlace, problemOf } from './problem.ts';

/** Fastify's own error codes that a client can cause, and their anchors in docs/errors.md. */
const anchors: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed-json',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed-json',
  FST_ERR_BAD_URL: 'bad-url',
  FST_ERR_MAX_PARAM_LENGTH: 'bad-url',
};

/** Answers with a problem document. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (!mayBeKept(reply, problem)) reply.header('cache-control', 'no-store');
  return reply
    .code(problem.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem));
}

/**
 * What a route says for its answers holds for what it does not find too. Without a word caches keep 404, 405 and 410 for as long as
 * they like (RFC 9111, section 4.2.2), and some CDNs every error: a board that is there by now, or a gateway that is well again.
 */
function mayBeKept(reply: FastifyReply, { status }: Problem): boolean {
  const said = String(reply.getHeader('cache-control') ?? '');
  return said.includes('no-store') || (status === 404 && said !== '');
}

/** The error handler of every app: problem+json, no stack, the cause in the log when it is ours. */
export function answerError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const problem = problemFrom(error);
  // Without the query: it may hold a token.
  const path = request.url.split('?')[0];
  if (problem.status === 500)
    request.log.error({ err: error, url: path, reqId: request.id }, 'request failed');
  if (error instanceof ProblemError) reply.headers(error.headers);
  if (problem.status === 503 && !reply.hasHeader('retry-after')) reply.header('retry-after', '1');
  return sendProblem(reply, problem);
}

export function answerNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.split('?')[0] ?? '';
  return sendProblem(reply, problemOf(404, 'not-found', `No route ${request.method} ${path}`));
}

/** The answer to bytes that never became a request (bad syntax, headers too large or too slow), written to the bare socket. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = clientProblem(error.code);
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${problem.title}\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function clientProblem(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW')
    return problemOf(431, 'headers-too-large', 'The request headers are larger than 8 KiB.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return problemOf(408, 'request-timeout', 'The request did not arrive in time.');
  return problemOf(400, 'bad-request', 'The bytes received are not an HTTP request.');
}

function problemFrom(error: FastifyError): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof AppError && error.retriable)
    return problemOf(503, 'unavailable', error.message);
  if (error.validation !== undefined) return validationProblem(error);
  const status = error.statusCode ?? 500;
  if (status === 503) return problemOf(503, 'unavailable', 'The service is busy; try again.');
  if (status >= 500)
    return problemOf(500, 'internal', 'The request could not be served; the log has the reason.');
  return problemOf(status, anchors[error.code] ?? 'bad-request', error.message);
}

/** A failed check as validators report it (Ajv and TypeBox agree on these fields). */
export interface FailedCheck {
  readonly keyword?: string;
  readonly schemaPath?: string;
  readonly instancePath: string;
  readonly message?: string;
  readonly params?: unknown;
}

/** Where and why, for people: `where` is `body`, `params`, `querystring` or `body/3`. */
export function problemPlaces(where: string, checks: readonly FailedCheck[]): ProblemPlace[] {
  const hasUnknownFields = checks.some(isUnknownField);
  // TypeBox reports an unknown field twice: where it is, and as one of a list where it should not be.
  const told = checks.filter((check) => !(hasUnknownFields && unknownNames(check.params)));
  return told.slice(0, 10).map((check) => ({
    pointer: `${where}${check.instancePath}`,
    detail: isUnknownField(check) ? 'is not a known field' : detailOf(check),
  }));
}

function isUnknownField({ keyword, schemaPath }: FailedCheck): boolean {
  return keyword === 'boolean' && schemaPath?.endsWith('/additionalProperties') === true;
}

function detailOf({ message = 'not valid', params }: FailedCheck): string {
  const names = unknownNames(params);
  return names === undefined ? message : `${message}: ${names}`;
}

function unknownNames(params: unknown): string | undefined {
  const names = (params as { additionalProperties?: unknown } | undefined)?.additionalProperties;
  return Array.isArray(names) ? names.slice(0, 5).join(', ').slice(0, 100) : undefined;
}

function validationProblem(error: FastifyError): Problem {
  const places = problemPlaces(error.validationContext ?? 'request', error.validation ?? []);
  const detail = places.map((place) => `${place.pointer} ${place.detail}`).join('; ');
  return { ...problemOf(400, 'validation', detail || error.message), errors: places };
}
