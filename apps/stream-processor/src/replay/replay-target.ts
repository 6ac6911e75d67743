import type { Board } from '@trending/schemas';

/** Where replayed boards go. */
export interface ReplayTarget {
  /** Takes a board; resolves when the next one may come. */
  write(key: string, board: Board): Promise<void>;
  /** Everything is where it belongs when it resolves. */
  finish(): Promise<ReplayOutcome>;
  /** Lets go without finishing. */
  abandon(): Promise<void>;
}

export interface ReplayOutcome {
  /** File, table or topic. */
  readonly into: string;
  /** SHA-256 (hex) of the bytes written, where the target's bytes are one text. */
  readonly sha256?: string;
}
