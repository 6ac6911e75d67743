const isoForm =
  /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Epoch milliseconds of a time given as ISO 8601 with a zone, or as milliseconds; NaN when the text is not such a time. */
export function timeOf(given: string | number | undefined): number | undefined {
  if (typeof given !== 'string') return given;
  const [, year, month, day] = isoForm.exec(given)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined) return Number.NaN;
  // Date.parse lets 30 February slide into March.
  const isRealDay = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
  const ms = isRealDay ? Date.parse(given) : Number.NaN;
  return ms >= 0 ? ms : Number.NaN;
}
