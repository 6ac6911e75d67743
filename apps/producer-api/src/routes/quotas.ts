import { ProblemError, problemOf } from '@trending/runtime';
import type { FastifyReply } from 'fastify';
import type { KeyCaller } from '../domain/caller.ts';
import { networkPrefix } from '../domain/network-prefix.ts';
import { chargeAll, type QuotaAnswer, type QuotaCharge, ViewQuota } from '../domain/view-quota.ts';
import type { Origin } from '../intake.ts';

export interface QuotaSettings {
  readonly networkViewsPerMinute: number;
  readonly viewerViewsPerMinute: number;
}

/** Views that callers may send. Anonymous ones by viewer and network, keys by what their entry says. */
export interface Quotas {
  readonly settings: QuotaSettings;
  readonly networks: ViewQuota;
  readonly viewers: ViewQuota;
  readonly keyMinutes: ViewQuota;
  readonly keyDays: ViewQuota;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
const namesMax = 100_000;

export function createQuotas(settings: QuotaSettings): Quotas {
  const quota = (windowMs: number) => new ViewQuota({ windowMs, namesMax });
  return {
    settings,
    networks: quota(minuteMs),
    viewers: quota(minuteMs),
    keyMinutes: quota(minuteMs),
    keyDays: quota(dayMs),
  };
}

/** What is to be paid, and where the answer's headers go. */
export interface Payment {
  readonly origin: Origin;
  readonly views: number;
  readonly reply: FastifyReply;
}

/**
 * Every view sent is paid for, also those that turn out bad, before they are looked at. Keys with a quota get it told in
 * `ratelimit-*`; anonymous callers, whose requests are counted there, only when one of theirs is spent.
 * @throws ProblemError 429 with Retry-After when a quota does not reach; nothing is paid then.
 */
export function payQuota(quotas: Quotas, { origin, views, reply }: Payment): void {
  const { caller, receivedAt } = origin;
  const charges =
    caller.kind === 'key'
      ? keyCharges(quotas, caller, views)
      : anonymousCharges(quotas, origin, views);
  const answer = chargeAll(charges, receivedAt);
  if (answer === undefined) return;
  if (!answer.isGranted) throw spent(answer, views, whoOf(origin));
  if (caller.kind === 'key') reply.headers(headersOf(answer));
}

function keyCharges(quotas: Quotas, caller: KeyCaller, views: number): QuotaCharge[] {
  const { name, viewsPerMinute, viewsPerDay } = caller;
  const charge = (quota: ViewQuota, max: number | undefined) =>
    max === undefined ? [] : [{ quota, ask: { name, views, max } }];
  return [...charge(quotas.keyMinutes, viewsPerMinute), ...charge(quotas.keyDays, viewsPerDay)];
}

function anonymousCharges(quotas: Quotas, origin: Origin, views: number): QuotaCharge[] {
  const { networkViewsPerMinute, viewerViewsPerMinute } = quotas.settings;
  const network = networkPrefix(origin.ip) ?? origin.ip;
  const viewer = `${origin.ip}\n${origin.userAgent.slice(0, 256)}`;
  return [
    { quota: quotas.networks, ask: { name: network, views, max: networkViewsPerMinute } },
    { quota: quotas.viewers, ask: { name: viewer, views, max: viewerViewsPerMinute } },
  ];
}

function whoOf({ caller }: Origin): string {
  return caller.kind === 'key' ? `of the key ${caller.name}` : 'from this viewer or network';
}

function headersOf({ max, remaining, resetMs }: QuotaAnswer) {
  return {
    'ratelimit-limit': String(max),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(Math.max(1, Math.ceil(resetMs / 1000))),
  };
}

function spent(answer: QuotaAnswer, views: number, who: string): ProblemError {
  const headers = headersOf(answer);
  const seconds = headers['ratelimit-reset'];
  const detail =
    views > answer.max
      ? `One request with ${views} views is more than the ${answer.max} allowed ${who}; send fewer at once.`
      : `Too many views ${who}: ${answer.remaining} of ${answer.max} are left; try again in ${seconds} s.`;
  return new ProblemError(problemOf(429, 'rate-limited', detail), {
    ...headers,
    'retry-after': seconds,
  });
}
