import type { Registry } from '@trending/kafka';
import type { Logger } from '@trending/runtime';
import { withRetries } from '../tasks/retry.ts';

/**
 * A registry that is waited for: a role can start before it answers. To end and be restarted instead would cost a supervisor's growing
 * pauses after the registry is back. @throws AppError SCHEMA_MISSING as before
 */
export function patientRegistry(registry: Registry, logger: Logger): Registry {
  return {
    serde: (topic, prefix, options) =>
      withRetries(
        () => registry.serde(topic, prefix, options),
        (error, attempt) => {
          if (attempt % 10 === 0) logger.warn({ err: error }, 'waiting for the schema registry');
        },
      ),
    problem: () => registry.problem(),
  };
}
