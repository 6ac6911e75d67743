import type { Log, Serde } from '@trending/kafka';
import type { Clock, Logger } from '@trending/runtime';
import type { Board, Control } from '@trending/schemas';

/** What the control command touches of the world. */
export interface ControlDeps {
  readonly log: Log;
  readonly control: Serde<Control>;
  readonly boards: Serde<Board>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly prefix: string;
  readonly readFile: (path: string) => string;
  /** Waits so many ms. */
  readonly delay: (ms: number) => Promise<unknown>;
}
