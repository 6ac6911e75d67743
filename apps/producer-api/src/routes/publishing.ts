import type { Clock } from '@trending/runtime';
import { textOfId } from '../adapters/event-ids.ts';
import type { PublishMetrics } from '../adapters/publish-metrics.ts';
import type { ViewPublisher } from '../adapters/view-publisher.ts';
import type { AcceptedView } from '../domain/accept-view.ts';
import type { IntakeParts, Taken } from '../intake.ts';
import type { Quotas } from './quotas.ts';

/** What the publishing routes work with. */
export interface Publishing {
  readonly intake: IntakeParts;
  readonly publisher: ViewPublisher;
  readonly metrics: PublishMetrics;
  readonly quotas: Quotas;
  readonly clock: Clock;
  /** Anonymous views need a view token. */
  readonly areTokensRequired: boolean;
}

export type Append = Extract<Taken, { kind: 'append' }>;

/** The id of a view as its caller knows it. Of most views nobody asks. */
export function eventIdOf({ accepted }: Append): string {
  return textOfId(accepted.view.eventId);
}

/** The brokers have it: remember its id, count it. */
export function settle(
  { intake, metrics }: Publishing,
  append: Append,
  isKey: boolean,
): AcceptedView['status'] {
  const { accepted, identity } = append;
  if (identity !== undefined) intake.recent.remember(identity.eventId, identity.payload);
  if (accepted.status === 'filtered') metrics.filtered(accepted.reason ?? 'robot');
  else metrics.accepted(isKey ? 'key' : 'anonymous', accepted.topic);
  return accepted.status;
}

export function countRejection({ metrics }: Publishing, code: string): void {
  metrics.rejected(code);
  if (code === 'event-id-conflict') metrics.conflict();
}
