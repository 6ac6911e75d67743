/** An error as ClickHouse words it: number, name, text. */
export class ClickHouseException extends Error {
  readonly code: number;

  constructor(code: number, name: string, message: string) {
    super(`Code: ${code}. DB::Exception: ${message} (${name})`);
    this.code = code;
  }
}

/** Number and full text of whatever went wrong; engine errors begin with `Code: N.`. */
export function exceptionOf(error: unknown): { readonly code: number; readonly text: string } {
  const text = error instanceof Error ? error.message : String(error);
  const code = /^Code: (\d+)\./.exec(text)?.[1];
  if (code !== undefined) return { code: Number(code), text };
  return { code: 1002, text: `Code: 1002. DB::Exception: ${text} (UNKNOWN_EXCEPTION)` };
}

// Grouping of the server's own table (src/Server/HTTP/exceptionCodeToHTTPStatus.cpp); all others are 500.
const codesOfStatus: Readonly<Record<number, readonly number[]>> = {
  400: [
    6, 8, 15, 25, 26, 27, 36, 37, 38, 41, 44, 53, 62, 72, 117, 123, 167, 168, 223, 321, 376, 427,
    441, 675, 676,
  ],
  401: [194],
  403: [192, 193, 497, 512, 516],
  404: [46, 47, 50, 56, 60, 63, 73, 78, 81, 115, 152, 336, 511],
  408: [159],
  411: [381],
  413: [229],
  415: [779],
  501: [48],
  503: [76, 209, 439],
};

const statusOfCode = new Map(
  Object.entries(codesOfStatus).flatMap(([status, codes]) =>
    codes.map((code) => [code, Number(status)] as const),
  ),
);

/** HTTP status for an exception's code, before the first byte of a result was sent. */
export function httpStatusOf(code: number): number {
  return statusOfCode.get(code) ?? 500;
}
