import { type TokenView, viewFlags } from '@trending/schemas';
import type { Token } from '@trending/schemas/addresses';
import { type Caller, hasScope } from './caller.ts';
import { eventTime } from './event-time.ts';
import type { Rejection } from './rejection.ts';
import type { RobotKind } from './robots.ts';
import { weightMicro } from './weight.ts';

/** Everything known of one view before the rules are applied. Hashes and ids are made by the shell. */
export interface ViewFacts {
  readonly token: Token;
  readonly caller: Caller;
  readonly eventId: Uint8Array;
  readonly viewer: Uint8Array;
  readonly network: Uint8Array;
  readonly receivedAt: number;
  /** Event time as given, ms; believed only from a publisher. */
  readonly viewedAt: number | undefined;
  readonly robot: RobotKind | undefined;
  readonly source: string | undefined;
  readonly partnerId: string | undefined;
  readonly country: string | undefined;
  readonly device: string | undefined;
  readonly dwellMs: number | undefined;
}

/** A view to append. Filtered views are appended too, with weight 0 and their flag, so every view is accounted for. */
export interface AcceptedView {
  readonly topic: 'views' | 'backfill';
  readonly view: TokenView;
  readonly status: 'accepted' | 'filtered';
  /** Why it is filtered: coarse for anonymous callers, so that robots cannot probe the rules. */
  readonly reason?: string;
}

/** Applies the rules of event time, robots and quality weight to one view. */
export function acceptView(facts: ViewFacts): AcceptedView | Rejection {
  const isPublisher = hasScope(facts.caller, 'publish');
  const time = eventTime({
    given: isPublisher ? facts.viewedAt : undefined,
    receivedAt: facts.receivedAt,
    mayBackfill: hasScope(facts.caller, 'backfill'),
  });
  if ('code' in time) return time;
  const view = viewOf(facts, time.viewedAt, flagsOf(facts, time));
  const topic = time.isBackfill ? 'backfill' : 'views';
  if (facts.robot === undefined) return { topic, view, status: 'accepted' };
  const reason = isPublisher ? `robot:${facts.robot}` : 'robot';
  return { topic, view, status: 'filtered', reason };
}

function flagsOf(
  facts: ViewFacts,
  time: { readonly isTrusted: boolean; readonly isBackfill: boolean },
): number {
  return (
    (facts.robot === undefined ? 0 : viewFlags.robot) |
    (time.isTrusted ? viewFlags.trustedTime : 0) |
    (time.isBackfill ? viewFlags.backfill : 0)
  );
}

function viewOf(facts: ViewFacts, viewedAt: number, flags: number): TokenView {
  const source = facts.source ?? (facts.caller.kind === 'key' ? 'api' : 'web');
  const dwellMs = facts.dwellMs ?? null;
  return {
    eventId: facts.eventId,
    chain: facts.token.chain,
    token: facts.token.key,
    viewer: facts.viewer,
    network: facts.network,
    viewedAt,
    receivedAt: facts.receivedAt,
    source,
    partnerId: facts.partnerId ?? null,
    country: facts.country?.toUpperCase() ?? null,
    device: facts.device ?? null,
    dwellMs,
    weightMicro: weightMicro({ isRobot: facts.robot !== undefined, dwellMs, source }),
    flags,
  };
}
