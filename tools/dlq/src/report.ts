import type { ConsumedRecord, Decoded } from '@trending/kafka';
import type { Letter, LetterIndex } from './letter-index.ts';

export interface Paging {
  readonly page: number;
  readonly size: number;
}

export interface ListAnswer {
  readonly letters: number;
  readonly waiting: number;
  readonly replayed: number;
  readonly foreign: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly page: number;
  readonly pages: number;
  /** Newest first. */
  readonly items: readonly Letter[];
}

export function listAnswer(index: LetterIndex, { page, size }: Paging): ListAnswer {
  const { letters, foreign } = index;
  const reasons: Record<string, number> = {};
  for (const { info } of letters) reasons[info.reason] = (reasons[info.reason] ?? 0) + 1;
  const replayed = letters.filter(({ state }) => state === 'replayed').length;
  const newestFirst = letters.toReversed();
  return {
    letters: letters.length,
    waiting: letters.length - replayed,
    replayed,
    foreign,
    reasons,
    page,
    pages: Math.max(1, Math.ceil(letters.length / size)),
    items: newestFirst.slice((page - 1) * size, page * size),
  };
}

export function listText(answer: ListAnswer): string {
  const { letters, waiting, replayed, foreign, reasons, page, pages, items } = answer;
  const lines = [`${letters} dead letters: ${waiting} wait, ${replayed} were replayed`];
  if (foreign > 0) lines.push(`${foreign} records in the topic are none of ours`);
  for (const [reason, count] of Object.entries(reasons).sort(([, a], [, b]) => b - a))
    lines.push(`  ${String(count).padStart(8)}  ${reason}`);
  if (items.length > 0) lines.push('', row(['place', 'time', 'reason', 'state', 'from', 'detail']));
  for (const { partition, offset, at, info, state } of items) {
    const from = `${info.topic}/${info.partition}/${info.offset}`;
    const time = new Date(at).toISOString().slice(0, 19);
    lines.push(row([`${partition}/${offset}`, time, info.reason, state, from, info.detail]));
  }
  if (pages > 1) lines.push('', `page ${page} of ${pages}; the next one: --page ${page + 1}`);
  return `${lines.join('\n')}\n`;
}

const widths = [10, 20, 17, 9, 28, 80];

function row(cells: readonly string[]): string {
  const cut = cells.map((cell, i) =>
    plain(cell)
      .slice(0, widths[i])
      .padEnd(widths[i] ?? 0),
  );
  return cut.join('  ').trimEnd();
}

/** Details quote what strangers sent: nothing in them may move the cursor of a terminal. */
function plain(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '·');
}

export interface ShowAnswer {
  readonly letter: Letter;
  readonly headers: Readonly<Record<string, string>>;
  readonly key: string | null;
  readonly value: string | null;
  /** Bytes of the value. */
  readonly bytes: number;
  readonly decoded: unknown;
}

export function showAnswer(
  letter: Letter,
  record: ConsumedRecord,
  decoded: Decoded<unknown> | undefined,
): ShowAnswer {
  const headers = Object.entries(record.headers).map(([name, value]) => [
    name,
    Buffer.from(value ?? '').toString('utf8'),
  ]);
  return {
    letter,
    headers: Object.fromEntries(headers),
    key: record.key === null ? null : hex(record.key),
    value: record.value === null ? null : hex(record.value),
    bytes: record.value?.length ?? 0,
    decoded: decoded?.ok ? readable(decoded.value) : null,
  };
}

export function showText({ letter, headers, key, value, bytes, decoded }: ShowAnswer): string {
  const lines = [`${letter.partition}/${letter.offset}  ${letter.state}`, '', 'headers'];
  for (const [name, text] of Object.entries(headers)) lines.push(`  ${name}  ${plain(text)}`);
  const keyText = key === null ? '' : plain(Buffer.from(key, 'hex').toString('latin1'));
  lines.push('', `key    ${key ?? 'null'}  ${keyText}`, `value  ${bytes} bytes`);
  for (const line of value?.match(/.{1,64}/g) ?? []) lines.push(`  ${line}`);
  const text = decoded === null ? 'cannot be decoded' : JSON.stringify(decoded, null, 2);
  lines.push('', 'decoded', text);
  return `${lines.join('\n')}\n`;
}

function readable(value: unknown): unknown {
  if (value instanceof Uint8Array) return hex(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, readable(field)]));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
