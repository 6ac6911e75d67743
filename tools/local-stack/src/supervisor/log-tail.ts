import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const tailBytesMax = 64 * 1024;

/** The last `count` lines of a file, indented for showing; a note when there is nothing. */
export function lastLines(path: string, count: number): string {
  const lines = tailText(path).trimEnd().split('\n').slice(-count);
  const text = lines.map((line) => `    | ${line}`).join('\n');
  return lines.join('').trim() === '' ? `    | (no output in ${path})` : text;
}

function tailText(path: string): string {
  try {
    const file = openSync(path, 'r');
    const size = fstatSync(file).size;
    const buffer = Buffer.alloc(Math.min(size, tailBytesMax));
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
    closeSync(file);
    return buffer.toString('utf8');
  } catch {
    return '';
  }
}
