import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { constants, createGzip, createZstdCompress } from 'node:zlib';
import type { NativeChunk } from './engine-native.ts';
import { exceptionOf, httpStatusOf } from './exceptions.ts';
import type { Summary } from './execute.ts';
import { contentTypeOf } from './formats.ts';

export interface AnswerHead {
  readonly queryId: string;
  readonly format: string;
  readonly timezone: string;
  readonly summary: Summary;
  readonly mayCompress: boolean;
}

const compressors = {
  zstd: createZstdCompress,
  gzip: () => createGzip({ flush: constants.Z_SYNC_FLUSH }),
};

/** Writes the head of a successful answer; the result goes into the returned stream (the response itself or a compressor). */
export function beginAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  head: AnswerHead,
): Writable {
  const encoding = head.mayCompress ? encodingOf(request.headers['accept-encoding']) : undefined;
  response.writeHead(200, {
    'Content-Type': contentTypeOf(head.format),
    'X-ClickHouse-Query-Id': head.queryId,
    'X-ClickHouse-Format': head.format,
    'X-ClickHouse-Timezone': head.timezone,
    'X-ClickHouse-Summary': summaryText(head.summary),
    ...(encoding === undefined ? {} : { 'Content-Encoding': encoding }),
  });
  if (encoding === undefined) return response;
  const compressor = compressors[encoding]();
  compressor.pipe(response);
  return compressor;
}

/** Sends blocks as fast as the client takes them. False when the client went away. */
export async function writeBlocks(
  out: Writable,
  response: ServerResponse,
  blocks: AsyncGenerator<NativeChunk>,
): Promise<boolean> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  for await (const { bytes } of blocks) {
    if (response.destroyed) return false;
    if (bytes.length === 0 || out.write(bytes)) continue;
    await once(out, 'drain', { signal: gone.signal }).catch(() => undefined);
  }
  return !response.destroyed;
}

/** A tag that a result cannot contain by chance; announced in the head, repeated around a late exception. */
export function exceptionTag(): string {
  return randomBytes(12).toString('hex').slice(0, 16);
}

/**
 * The block at the end of a broken result: marker, tag, message, its length, tag, marker
 * (ClickHouse ≥ 25.11; clients look for the carriage return before the line break).
 */
export function lateException(text: string, tag: string): string {
  const message = `${text}\n`;
  const length = Buffer.byteLength(message);
  return `\r\n__exception__\r\n${tag}\r\n${message}${length} ${tag}\r\n__exception__\r\n`;
}

/** An answer that failed before its first byte. */
export function sendException(response: ServerResponse, error: unknown, version: string): void {
  const { code, text } = exceptionOf(error);
  const status = httpStatusOf(code);
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=UTF-8',
    'X-ClickHouse-Exception-Code': String(code),
    ...(status === 401 ? { 'WWW-Authenticate': 'Basic realm="ClickHouse server HTTP API"' } : {}),
  });
  response.end(`${text} (version ${version} (embedded))\n`);
}

function encodingOf(accepted: string | string[] | undefined): 'gzip' | 'zstd' | undefined {
  const text = String(accepted ?? '');
  if (/\bgzip\b/.test(text)) return 'gzip';
  return /\bzstd\b/.test(text) ? 'zstd' : undefined;
}

function summaryText(summary: Summary): string {
  return JSON.stringify({
    read_rows: String(summary.readRows),
    read_bytes: String(summary.readBytes),
    written_rows: String(summary.writtenRows),
    written_bytes: String(summary.writtenBytes),
    total_rows_to_read: '0',
    result_rows: String(summary.writtenRows),
    result_bytes: String(summary.writtenBytes),
    elapsed_ns: String(Math.round(summary.elapsedSeconds * 1e9)),
  });
}
