import type { Terminal } from './terminal.ts';
import { type ViewEvent, viewEventOf } from './view-event.ts';

/** Bad lines that are told of one by one; the others are only counted. */
const toldMax = 5;
/** Longest line; a longer one is no event. */
const lineLengthMax = 1_000_000;

/** Reads views from lines of JSON; a bad line is told of, counted and passed over. */
export class EventLines {
  lines = 0;
  bad = 0;
  /** Lines that were views. */
  good = 0;
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Chunks in, events out; holds one chunk and one unfinished line. */
  async *read(chunks: AsyncIterable<string>): AsyncGenerator<readonly ViewEvent[]> {
    let rest = '';
    for await (const chunk of chunks) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > lineLengthMax) {
        this.#refuse(this.lines + lines.length + 1, 'the line has no end');
        rest = '';
      }
      yield this.#events(lines);
    }
    if (rest !== '') yield this.#events([rest]);
  }

  #events(lines: readonly string[]): ViewEvent[] {
    const events: ViewEvent[] = [];
    for (const line of lines) {
      this.lines += 1;
      if (line.trim() === '') continue;
      try {
        events.push(viewEventOf(line));
        this.good += 1;
      } catch (error) {
        this.#refuse(this.lines, error instanceof Error ? error.message : String(error));
      }
    }
    return events;
  }

  #refuse(line: number, reason: string): void {
    this.bad += 1;
    if (this.bad <= toldMax) this.#terminal.write(`line ${line} is left out: ${reason}\n`);
  }
}
