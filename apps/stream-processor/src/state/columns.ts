type Column =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/**
 * Rows of a new column. V8 keeps a typed array of up to 64 bytes among the other objects; a longer one costs several times as much to
 * make and to collect, and a state has a hundred of them.
 */
export const rowsAtFirst = 16;

/** Length to grow to when `needed` rows no longer fit `length`: a quarter more, to waste little at a million rows. */
export function grownLength(length: number, needed: number): number {
  return Math.max(needed, length + (length >> 2), 64);
}

/** The column, longer; new rows are 0. What was passed in is empty from then on: its memory moves, which takes half the time of a copy. */
export function grown<T extends Column>(column: T, length: number): T {
  const bytes = column.buffer.transfer(length * column.BYTES_PER_ELEMENT);
  return new (column.constructor as new (bytes: ArrayBuffer) => T)(bytes);
}

/** A growing list of row numbers. */
export class RowList {
  rows = new Uint32Array(8);
  length = 0;

  push(row: number): void {
    if (this.length === this.rows.length)
      this.rows = grown(this.rows, this.length + (this.length >> 1));
    this.rows[this.length] = row;
    this.length += 1;
  }
}

/** Row numbers of a pool: freed ones are given out again, the lowest unused one after them. Row 0 is never given out. */
export class RowPool {
  readonly #free: number[] = [];
  #next = 1;

  take(): number {
    return this.#free.pop() ?? this.#next++;
  }

  give(row: number): void {
    this.#free.push(row);
  }

  /** Rows in use. */
  used(): number {
    return this.#next - 1 - this.#free.length;
  }

  /** One past the highest row ever given out. */
  end(): number {
    return this.#next;
  }
}
