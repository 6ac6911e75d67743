const json = 'application/json; charset=UTF-8';
const lines = 'application/x-ndjson; charset=UTF-8';
const tabs = 'text/tab-separated-values; charset=UTF-8';
const commas = 'text/csv; charset=UTF-8';

const contentTypes: readonly (readonly [RegExp, string])[] = [
  [/^(JSON(Each|StringsEach|CompactEach|CompactStringsEach)Row.*|JSONLines|NDJSON)$/, lines],
  [/^JSON|^XJSON/, json],
  [/^(TabSeparated|TSV)\w*(WithNames|WithNamesAndTypes)$/, `${tabs}; header=present`],
  [/^(TabSeparated|TSV)/, `${tabs}; header=absent`],
  [/^CSVWithNames/, `${commas}; header=present`],
  [/^CSV/, `${commas}; header=absent`],
  [/^XML$/, 'application/xml; charset=UTF-8'],
  [/^(Native|RowBinary|Parquet|Arrow|ORC|Avro|Npy|MsgPack|BSON)/, 'application/octet-stream'],
];

/** Content type of a result in this format. */
export function contentTypeOf(format: string): string {
  return contentTypes.find(([name]) => name.test(format))?.[1] ?? 'text/plain; charset=UTF-8';
}

const blockwise = new Set([
  'JSONEachRow',
  'JSONLines',
  'NDJSON',
  'JSONStringsEachRow',
  'JSONCompactEachRow',
  'JSONCompactStringsEachRow',
  'TabSeparated',
  'TSV',
  'TabSeparatedRaw',
  'TSVRaw',
  'CSV',
  'TSKV',
  'RowBinary',
  'Native',
  'LineAsString',
]);

/**
 * May blocks formatted one by one simply be joined? The engine formats each block as a document of its own, so a format with a
 * header or a footer (JSON, CSVWithNames, Parquet) must be made in one piece.
 */
export function isBlockwise(format: string): boolean {
  return blockwise.has(format);
}

/** What the server answers with when neither the query nor the URL names a format. */
export const fallbackFormat = 'TabSeparated';
