import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { ProblemError, problemOf } from './problem.ts';

/** One line of an NDJSON body: its value, or the text that is not JSON. */
export type NdjsonLine =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly detail: string };

/** A parsed NDJSON body; bad lines stay in their place, so that they cannot sink the others. */
export class NdjsonBody {
  readonly lines: readonly NdjsonLine[];

  constructor(lines: readonly NdjsonLine[]) {
    this.lines = lines;
  }
}

/**
 * JSON only: every other type is 415. `__proto__` and `constructor.prototype` in a body are refused, not copied.
 * An empty body is `undefined`, so that routes decide whether they need one.
 */
export function acceptJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addHook('onRequest', (request, _reply, done) => {
    done(isPlain(request) ? undefined : compressed());
  });
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else void parse(request, body as string, done);
  });
}

function isPlain({ headers }: FastifyRequest): boolean {
  const encoding = headers['content-encoding'];
  return encoding === undefined || encoding.toLowerCase() === 'identity';
}

/** Nothing is unpacked, so that a small body cannot become a large one. */
function compressed(): ProblemError {
  return new ProblemError(
    problemOf(415, 'unsupported-media-type', 'Send the body without a Content-Encoding.'),
    { 'accept-encoding': 'identity' },
  );
}

/** Adds `application/x-ndjson`: one JSON value a line, blank lines ignored. @throws ProblemError 413 beyond `linesMax`. */
export function acceptNdjson(app: FastifyInstance, linesMax: number): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  const parser = { parseAs: 'string' } as const;
  app.addContentTypeParser('application/x-ndjson', parser, (request, body, done) => {
    const lines = (body as string)
      .split('\n', 2 * linesMax + 2)
      .filter((line) => line.trim() !== '');
    if (lines.length > linesMax) {
      done(
        new ProblemError(problemOf(413, 'too-many-views', `At most ${linesMax} lines a request.`)),
      );
      return;
    }
    const parsed = lines.map((line): NdjsonLine => {
      let result: NdjsonLine = { ok: false, detail: 'empty' };
      // The parser calls back before it returns.
      void parse(request, line, (error: FastifyError | Error | null, value?: unknown) => {
        result = error === null ? { ok: true, value } : { ok: false, detail: error.message };
      });
      return result;
    });
    done(null, new NdjsonBody(parsed));
  });
}
