import { problem } from './problems.ts';

/** ISO 8601 with a zone, a date, or epoch milliseconds. */
const isoForm = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2}))?$/;
/** Year 2200: everything later is a mistake in the unit. */
const latest = 7_258_118_400_000;

/** Epoch ms of a time in a query. @throws ProblemError 400 naming the parameter. */
export function timeAsked(text: string, name: string): number {
  // A plus sign in a query string means a space, and zones east of Greenwich have one.
  const time = text.replace(' ', '+');
  const ms = /^\d{1,15}$/.test(time) ? Number(time) : isoForm.test(time) ? Date.parse(time) : NaN;
  if (Number.isFinite(ms) && ms >= 0 && ms <= latest) return ms;
  throw problem(
    400,
    'bad-range',
    `${name} must be ISO 8601 with a zone (2026-01-31T12:00:00Z) or epoch milliseconds.`,
  );
}
