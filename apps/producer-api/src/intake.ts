import type { Token } from '@trending/schemas/addresses';
import type { ViewRequest } from '@trending/schemas/http/publish';
import { idOfText, namedId, textOfId, timeOrderedId } from './adapters/event-ids.ts';
import type { TokenLookup } from './adapters/token-cache.ts';
import type { ViewerHashes, Visitor } from './adapters/viewer-hashes.ts';
import { type AcceptedView, acceptView } from './domain/accept-view.ts';
import { type Caller, hasScope } from './domain/caller.ts';
import type { RecentEvents } from './domain/recent-events.ts';
import type { Rejection } from './domain/rejection.ts';
import { type RobotKind, type RobotSettings, robotKind } from './domain/robots.ts';
import { timeOf } from './time-text.ts';

/** Where a request comes from: what all views of one request have in common. */
export interface Origin {
  readonly caller: Caller;
  readonly ip: string;
  readonly userAgent: string;
  readonly idempotencyKey: string | undefined;
  readonly receivedAt: number;
  /** The one token, `chain:address`, whose views the caller may publish; undefined = any. */
  readonly onlyToken?: string | undefined;
}

export interface IntakeParts {
  readonly tokens: TokenLookup;
  readonly hashes: ViewerHashes;
  readonly recent: RecentEvents;
  readonly robots: RobotSettings;
}

/** Identity of a view whose id the caller chose: only those can come twice. */
export interface Identity {
  readonly eventId: string;
  /** What the caller said in it, as one comparable text. */
  readonly payload: string;
}

export type Taken =
  | {
      readonly kind: 'append';
      readonly accepted: AcceptedView;
      readonly identity: Identity | undefined;
    }
  | { readonly kind: 'duplicate'; readonly eventId: string }
  | { readonly kind: 'rejected'; readonly rejection: Rejection };

/** Turns one request item into a view to append, a duplicate, or a rejection. `index` is its place in the batch. */
export type TakeView = (item: ViewRequest, index: number) => Taken;

/** The steps from a request to a view: token, time, identity, hashes, then the rules of `acceptView`. Hashes are made once per request where they can be. */
export function takerOf(parts: IntakeParts, origin: Origin): TakeView {
  const own = ownIdentity(parts, origin);
  const isPublisher = hasScope(origin.caller, 'publish');
  return (item, index) => {
    const token = tokenIn(parts, origin, item);
    if ('code' in token) return rejected(token);
    const viewedAt = isPublisher ? timeOf(item.viewedAt) : undefined;
    if (Number.isNaN(viewedAt)) return rejected(notATime);
    const id = eventIdOf({ item, index, origin, own });
    const identity = identityOf({ item, token, origin, id });
    const known = recollection(parts.recent, identity);
    if (known !== 'new') return known;
    const visitor = visitorOf({ item, parts, origin, own });
    const verdict = acceptView({
      ...factsOf(item, origin),
      ...visitor,
      token,
      eventId: id,
      viewedAt,
    });
    if ('code' in verdict) return rejected(verdict);
    return { kind: 'append', accepted: verdict, identity };
  };
}

function tokenIn({ tokens }: IntakeParts, origin: Origin, item: ViewRequest): Token | Rejection {
  const found = tokens(item.address, item.chain);
  if (!found.ok) return { code: found.code, pointer: found.at, detail: found.detail };
  const isOther = origin.onlyToken !== undefined && origin.onlyToken !== found.token.key;
  return isOther ? notThis : found.token;
}

export const conflict: Rejection = {
  code: 'event-id-conflict',
  pointer: 'eventId',
  detail: 'this event id was used for another view; make a new id for every view',
};
const notThis: Rejection = {
  code: 'view-token-mismatch',
  pointer: 'address',
  detail: 'the view token is for views of another token',
};
const notATime: Rejection = {
  code: 'viewed-at-invalid',
  pointer: 'viewedAt',
  detail: 'viewedAt is ISO 8601 with a time zone, or epoch milliseconds',
};

function rejected(rejection: Rejection): Taken {
  return { kind: 'rejected', rejection };
}

function recollection(recent: RecentEvents, identity: Identity | undefined): Taken | 'new' {
  if (identity === undefined) return 'new';
  const known = recent.recall(identity.eventId, identity.payload);
  if (known === 'conflict') return rejected(conflict);
  return known === 'new' ? known : { kind: 'duplicate', eventId: identity.eventId };
}

function factsOf(item: ViewRequest, { caller, receivedAt }: Origin) {
  const { source, partnerId, country, device, dwellMs } = item;
  return { caller, receivedAt, source, partnerId, country, device, dwellMs };
}

/** Hashes and robot kind of whoever opened the connection, made when first needed. */
interface OwnIdentity {
  viewer(): Uint8Array;
  /** As `viewer`, but the same on every day: a retry after midnight must find the ids of the first try. */
  caller(): Uint8Array;
  network(): Uint8Array;
  robot(): RobotKind | undefined;
}

function ownIdentity({ hashes, robots }: IntakeParts, origin: Origin): OwnIdentity {
  const { ip, userAgent, receivedAt } = origin;
  return {
    viewer: once(() => hashes.viewerOf(ip, userAgent, receivedAt)),
    caller: once(() => hashes.callerOf(ip, userAgent)),
    network: once(() => hashes.networkOf(ip, receivedAt)),
    robot: once(() => robotKind(userAgent, robots)),
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

interface VisitorContext extends ItemContext {
  readonly parts: IntakeParts;
}

interface ItemContext {
  readonly item: ViewRequest;
  readonly origin: Origin;
  readonly own: OwnIdentity;
}

function eventIdOf({
  item,
  index,
  origin,
  own,
}: ItemContext & { readonly index: number }): Uint8Array {
  if (item.eventId !== undefined) return idOfText(item.eventId);
  if (origin.idempotencyKey === undefined) return timeOrderedId(origin.receivedAt);
  // Two callers may choose the same key: their ids must differ.
  const who =
    origin.caller.kind === 'key'
      ? origin.caller.name
      : `anonymous ${Buffer.from(own.caller()).toString('hex')}`;
  return namedId(`${who}\n${origin.idempotencyKey}\n${index}`);
}

/**
 * Whose view it is. Anonymous: the connection's address and user agent. A publisher's view is its visitor's, never the
 * backend's own: an unnamed network is then the viewer's alone, so that one backend does not look like one household.
 */
function visitorOf({ item, parts, origin, own }: VisitorContext) {
  const { caller } = origin;
  if (caller.kind === 'anonymous')
    return { viewer: own.viewer(), network: own.network(), robot: own.robot() };
  const { userAgent } = item;
  const robot = userAgent === undefined ? undefined : robotKind(userAgent, parts.robots);
  const { viewer, network } = namedVisitor({ item, parts, origin, own }, caller.name);
  return { viewer, network, robot };
}

function namedVisitor(context: VisitorContext, publisher: string): Visitor {
  const { item, parts, own } = context;
  const { hashes } = parts;
  const { viewer, network } = item;
  if (network === undefined)
    return viewer === undefined
      ? { viewer: own.viewer(), network: own.network() }
      : hashes.opaqueVisitor(publisher, viewer);
  return {
    viewer: viewer === undefined ? own.viewer() : hashes.opaqueViewer(publisher, viewer),
    network: hashes.opaqueNetwork(publisher, network),
  };
}

interface IdentityContext {
  readonly item: ViewRequest;
  readonly token: Token;
  readonly origin: Origin;
  readonly id: Uint8Array;
}

/**
 * What the caller says makes the payload, and which key it has, if any: hashes and times made here differ between two tries of the same
 * view, and a page's address may change between them.
 */
function identityOf({ item, token, origin, id }: IdentityContext): Identity | undefined {
  if (item.eventId === undefined && origin.idempotencyKey === undefined) return undefined;
  const said = [token.key, item.source, item.partnerId, item.country, item.device, item.dwellMs];
  const trusted =
    origin.caller.kind === 'key'
      ? [origin.caller.name, item.viewedAt, item.viewer, item.network]
      : [];
  return { eventId: textOfId(id), payload: [...said, ...trusted].join('\n') };
}
