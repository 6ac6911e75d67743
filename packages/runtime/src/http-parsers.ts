import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { ProblemError, problemOf } from './problem.ts';

/** One line of an NDJSON body: its value, or why it is not JSON. `index` is its number in the body, from 0, blank lines counted. */
export type NdjsonLine =
  | { readonly ok: true; readonly index: number; readonly value: unknown }
  | { readonly ok: false; readonly index: number; readonly detail: string };

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

/**
 * Adds `application/x-ndjson`: one JSON value a line; blank lines are left out. @throws ProblemError 413 for more than `linesMax`
 * values, or more blank lines than as many.
 */
export function acceptNdjson(app: FastifyInstance, linesMax: number): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  const parser = { parseAs: 'string' } as const;
  app.addContentTypeParser('application/x-ndjson', parser, (request, body, done) => {
    const lines = linesOf(body as string, linesMax);
    if (lines === undefined) {
      const detail = `At most ${linesMax} views a request, and as many blank lines.`;
      done(new ProblemError(problemOf(413, 'too-many-views', detail)));
      return;
    }
    const parsed = lines.map(({ text, index }): NdjsonLine => {
      let result: NdjsonLine = { ok: false, index, detail: 'empty' };
      // The parser calls back before it returns.
      void parse(request, text, (error: FastifyError | Error | null, value?: unknown) => {
        result =
          error === null ? { ok: true, index, value } : { ok: false, index, detail: error.message };
      });
      return result;
    });
    done(null, new NdjsonBody(parsed));
  });
}

interface TextLine {
  readonly text: string;
  readonly index: number;
}

/** Lines that are not blank; undefined when there are too many. A body of line feeds only must not cost a million strings. */
function linesOf(body: string, linesMax: number): TextLine[] | undefined {
  const split = body.split('\n', 2 * linesMax);
  const lines = split
    .map((text, index) => ({ text, index }))
    .filter(({ text }) => text.trim() !== '');
  const length = split.reduce((sum, text) => sum + text.length + 1, 0);
  const isWhole = body.slice(length).trim() === '';
  return isWhole && lines.length <= linesMax ? lines : undefined;
}
