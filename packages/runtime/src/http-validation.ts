import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

export interface StrictBodySettings {
  /** The body may be left out. */
  readonly isOptional?: boolean;
  /** False when the handler judges the body itself, and its schema is documentation. */
  readonly isChecked?: boolean;
}

/**
 * Compiled TypeBox checks that never convert or copy a value: for hot routes whose path and query fields are all strings.
 * (The default compiler converts path and query, which costs a copy a request.)
 */
export function strictBody(settings: StrictBodySettings): FastifySchemaCompiler<TSchema> {
  return ({ schema, httpPart }) => {
    const check = Compile(schema);
    const isBody = httpPart === 'body';
    // Headers are judged by hooks and handlers, before anything is parsed; their schema is documentation.
    if (httpPart === 'headers' || (isBody && settings.isChecked === false))
      return (value) => ({ value });
    return (value) => {
      // Fastify shows a missing body as null.
      const isRight =
        (isBody && settings.isOptional === true && value === null) || check.Check(value);
      return isRight ? { value } : { error: check.Errors(value) as unknown as Error };
    };
  };
}
