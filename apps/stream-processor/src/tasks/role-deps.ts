import type { Log, Serde, SerdeOptions } from '@trending/kafka';
import type {
  Clock,
  HealthCheck,
  Logger,
  Registry as MetricsRegistry,
  Part,
} from '@trending/runtime';
import type { Topic } from '@trending/schemas';

/** What roles ask of the schema registry. */
interface SerdeSource {
  serde<T>(topic: Topic, prefix?: string, options?: SerdeOptions<T>): Promise<Serde<T>>;
  /** Why it does not answer, if so. */
  problem?(): string | undefined;
}

/** What every role of the program is given. */
export interface RoleDeps {
  readonly log: Log;
  readonly registry: SerdeSource;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
  readonly clock: Clock;
  readonly topicPrefix: string;
  /** Ends the process: the supervisor restarts it, and the log, or what was committed, tells where to go on. */
  readonly crash: (error: unknown) => void;
}

/** A role with its health. */
export interface HealthyRole extends Part {
  readonly live: readonly HealthCheck[];
  readonly ready: readonly HealthCheck[];
}
