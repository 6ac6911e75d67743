import {
  type Problem,
  ProblemError,
  problemOf,
  problemPlaces,
  strictBody,
} from '@trending/runtime';
import type { TokenMetadata } from '@trending/schemas';
import {
  ImportAnswer,
  ImportBody,
  ImportItem,
  type ItemRejection,
  importMax,
} from '@trending/schemas/http/publish';
import type { FastifyInstance } from 'fastify';
import { Compile } from 'typebox/compile';
import type { Entry } from '../adapters/topic-writer.ts';
import type { Rejection } from '../domain/rejection.ts';
import { metadataOf, safeLogo } from '../domain/token-list.ts';
import { timeOf } from '../time-text.ts';
import { requireScope } from './callers.ts';
import { keyNeeded, problems } from './documentation.ts';
import { rejectionProblem, retryAfterSeconds } from './problems.ts';
import type { MetadataParts } from './tokens.ts';

const itemCheck = Compile(ImportItem);
const schema = {
  operationId: 'importTokens',
  tags: ['tokens'],
  summary: 'Import a token list',
  description:
    'A standard token list (https://tokenlists.org) or an array of tokens. Every token is judged by itself; bad ones are listed in `rejected`. Needs a key with the admin scope.',
  security: keyNeeded,
  body: ImportBody,
  response: { 202: ImportAnswer, ...problems(400, 401, 403, 413, 415, 503) },
};
const options = {
  schema,
  bodyLimit: 4 * 1024 * 1024,
  validatorCompiler: strictBody({ isChecked: false }),
  preParsing: async (request: Parameters<typeof requireScope>[0]) => requireScope(request, 'admin'),
};

type Read =
  | { readonly ok: true; readonly entry: Entry<TokenMetadata> }
  | { readonly ok: false; readonly problem: Problem };

/** POST /api/v1/tokens:import */
export function importRoute(app: FastifyInstance, parts: MetadataParts): void {
  // The colon is doubled because the router reads a single one as a parameter.
  app.post<{ Body: unknown }>('/api/v1/tokens::import', options, async (request, reply) => {
    const at = parts.clock.now();
    const reads = tokensOf(request.body).map((token, index) => read(parts, { token, index, at }));
    const rejected: ItemRejection[] = reads.flatMap((item, index) =>
      item.ok ? [] : [{ index, problem: item.problem as ItemRejection['problem'] }],
    );
    const entries = reads.flatMap((item) => (item.ok ? [item.entry] : []));
    await appendAll(parts, entries);
    return reply.code(202).send({ accepted: entries.length, rejected });
  });
}

function tokensOf(body: unknown): readonly unknown[] {
  const tokens = Array.isArray(body) ? body : (body as { tokens?: unknown } | undefined)?.tokens;
  if (!Array.isArray(tokens))
    throw new ProblemError(
      problemOf(
        400,
        'validation',
        'The body is a token list with "tokens", or an array of tokens.',
      ),
    );
  if (tokens.length > importMax)
    throw new ProblemError(
      problemOf(413, 'too-many-tokens', `At most ${importMax} tokens a request.`),
    );
  return tokens;
}

interface Given {
  readonly token: unknown;
  readonly index: number;
  readonly at: number;
}

function read(parts: MetadataParts, { token, index, at }: Given): Read {
  const where = `body/${index}`;
  if (!itemCheck.Check(token)) return wrongShape(token, where);
  const chain = token.chain ?? token.chainId?.toString();
  const found = parts.tokens(token.address, chain);
  if (!found.ok)
    return refused({ code: found.code, pointer: found.at, detail: found.detail }, where);
  const createdAt = timeOf(token.createdAt);
  if (Number.isNaN(createdAt)) return refused(badCreation, where);
  const logoUri = token.logoUri ?? safeLogo(token.logoURI);
  const value = metadataOf(found.token, { ...token, createdAt, logoUri }, at);
  return { ok: true, entry: { key: found.token.key, value, timestamp: at } };
}

const badCreation: Rejection = {
  code: 'created-at-invalid',
  pointer: 'createdAt',
  detail: 'createdAt is ISO 8601 with a time zone, or epoch milliseconds',
};

function refused(rejection: Rejection, where: string): Read {
  return { ok: false, problem: rejectionProblem(rejection, where) };
}

function wrongShape(token: unknown, where: string): Read {
  const errors = problemPlaces(where, itemCheck.Errors(token));
  const detail = errors.map((place) => `${place.pointer} ${place.detail}`).join('; ');
  return { ok: false, problem: { ...problemOf(400, 'validation', detail), errors } };
}

/** Replacing metadata twice is harmless, so any failure is a 503 as a whole. */
async function appendAll(
  parts: MetadataParts,
  entries: readonly Entry<TokenMetadata>[],
): Promise<void> {
  const failure = (await parts.writer.appendAll(entries)).find((outcome) => outcome !== undefined);
  if (failure !== undefined)
    throw new ProblemError(problemOf(503, 'unavailable', failure.message), {
      'retry-after': retryAfterSeconds,
    });
  parts.metrics.metadata(entries.length);
}
