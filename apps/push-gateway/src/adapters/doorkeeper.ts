import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import { type Clock, ProblemError, problemOf } from '@trending/runtime';
import { addressGroup } from '../domain/address-group.ts';
import type { OriginRule } from './origin-rule.ts';

export interface DoorSettings {
  readonly origins: OriginRule;
  readonly clock: Clock;
  /** As Fastify's: hop count or CIDR list of proxies, or false. */
  readonly trustProxy: false | number | string;
  /** Open push connections of one address; 0 = any number. */
  readonly perAddressMax: number;
  /** Connections one address may begin in a minute; 0 = any number. */
  readonly attemptsPerMinuteMax: number;
}

export interface Refusal {
  readonly status: 403 | 429;
  /** Anchor of docs/errors.md. */
  readonly code: 'origin-not-allowed' | 'too-many-connections';
  readonly detail: string;
  /** When it may be worth another try, seconds; undefined when it never is. */
  readonly retryAfterS?: number;
}

/** A refusal as an HTTP answer. */
export function refusalProblem({ status, code, detail, retryAfterS }: Refusal): ProblemError {
  const headers = retryAfterS === undefined ? {} : { 'retry-after': `${retryAfterS}` };
  return new ProblemError(problemOf(status, code, detail), headers);
}

const minuteMs = 60_000;
/** Nobody knows when a crowd thins out, seconds. */
const crowdRetryAfterS = 5;
/** Addresses of one minute that are told apart; a crowd beyond that passes uncounted rather than being kept. */
const addressesMax = 100_000;

type Trust = (address: string, hop: number) => boolean;

/** Asked before an upgrade or a stream: may this page, from this address, have another connection? */
export class Doorkeeper {
  readonly #settings: DoorSettings;
  readonly #trust: Trust;
  readonly #open = new Map<string, number>();
  readonly #attempts = new Map<string, number>();
  #minute = 0;

  constructor(settings: DoorSettings) {
    this.#settings = settings;
    this.#trust = trustOf(settings.trustProxy);
  }

  refusal(request: IncomingMessage): Refusal | undefined {
    const { origin, host } = request.headers;
    if (!this.#settings.origins.allows(origin, host)) {
      const detail =
        'Pages of this origin may not connect; the operator lists origins in ALLOWED_ORIGINS.';
      return { status: 403, code: 'origin-not-allowed', detail };
    }
    const address = this.#addressOf(request);
    const { perAddressMax, attemptsPerMinuteMax } = this.#settings;
    const isCrowd = perAddressMax > 0 && (this.#open.get(address) ?? 0) >= perAddressMax;
    const isRush = attemptsPerMinuteMax > 0 && this.#attemptsOf(address) > attemptsPerMinuteMax;
    if (!isCrowd && !isRush) return undefined;
    const detail = isCrowd
      ? `At most ${perAddressMax} open connections of one address.`
      : `At most ${attemptsPerMinuteMax} new connections a minute of one address.`;
    const now = this.#settings.clock.now();
    const retryAfterS = isCrowd ? crowdRetryAfterS : Math.ceil((minuteMs - (now % minuteMs)) / 1e3);
    return { status: 429, code: 'too-many-connections', detail, retryAfterS };
  }

  /** A connection begins; the function returned is called when it has ended, any number of times. */
  enter(request: IncomingMessage): () => void {
    const address = this.#addressOf(request);
    this.#open.set(address, (this.#open.get(address) ?? 0) + 1);
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      const left = (this.#open.get(address) ?? 1) - 1;
      if (left > 0) this.#open.set(address, left);
      else this.#open.delete(address);
    };
  }

  #attemptsOf(address: string): number {
    const minute = Math.floor(this.#settings.clock.now() / minuteMs);
    if (minute !== this.#minute) this.#attempts.clear();
    this.#minute = minute;
    const attempts = (this.#attempts.get(address) ?? 0) + 1;
    if (attempts > 1 || this.#attempts.size < addressesMax) this.#attempts.set(address, attempts);
    return attempts;
  }

  #addressOf(request: IncomingMessage): string {
    // A socket that was reset has no address any more, whatever the types say.
    const address: string | undefined = proxyAddr(request, this.#trust);
    return addressGroup(address ?? 'unknown');
  }
}

function trustOf(trustProxy: false | number | string): Trust {
  if (trustProxy === false) return () => false;
  if (typeof trustProxy === 'number') return (_address, hop) => hop < trustProxy;
  return proxyAddr.compile(trustProxy.split(',').map((part) => part.trim()));
}
