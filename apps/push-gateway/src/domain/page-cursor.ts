import type { BoardRef, Position } from '@trending/schemas';

/** The next place to show of one board version. */
export interface PageCursor extends Position {
  readonly board: BoardRef;
  /** Places already shown. */
  readonly shown: number;
}

/** Opaque text for URLs. */
export function encodeCursor({ board, epoch, seq, shown }: PageCursor): string {
  return btoa(JSON.stringify([board.formula, board.window, board.scope, epoch, seq, shown]))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** Undefined for anything that {@link encodeCursor} did not make. */
export function decodeCursor(text: string): PageCursor | undefined {
  try {
    const value: unknown = JSON.parse(atob(text.replaceAll('-', '+').replaceAll('_', '/')));
    return Array.isArray(value) ? cursorOf(value) : undefined;
  } catch {
    return undefined;
  }
}

function cursorOf(parts: readonly unknown[]): PageCursor | undefined {
  const [formula, window, scope, ...numbers] = parts;
  if (![formula, window, scope].every((part) => typeof part === 'string')) return undefined;
  if (numbers.length !== 3 || !numbers.every(isCount)) return undefined;
  const [epoch = 0, seq = 0, shown = 0] = numbers as number[];
  const board = { formula: formula as string, window: window as string, scope: scope as string };
  return { board, epoch, seq, shown };
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
