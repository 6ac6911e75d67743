import { AppError } from '@trending/runtime/errors';
import kafkajs from 'kafkajs';

const { KafkaJSError } = kafkajs;

export interface MembershipSettings {
  readonly groupId: string;
  /** Longest time from a hand-over to the assignment that must follow, ms. */
  readonly rejoinLimitMs: number;
  /** Longest time without a heartbeat that was answered, ms. */
  readonly silenceLimitMs: number;
  /** Time without a heartbeat after which a member is none any more, ms. */
  readonly lostAfterMs: number;
  readonly stalled: (error: AppError) => void;
  /** Milliseconds that only rise. */
  readonly now: () => number;
}

/**
 * Whether a member is one still, and what kafkajs leaves undone about it. When a rejoin fails, for instance because the coordinator just
 * moved and loads, kafkajs reads on under the old generation; where the coordinator still knows that generation, nothing ever makes it join
 * again. And when the coordinator is gone, it asks that one for ever and no other. Only a join finds the coordinator anew.
 */
export class Membership {
  readonly #settings: MembershipSettings;
  #isHandedOver = false;
  #heardAt: number;
  /** As `#heardAt`, but not put forward by what was done about a silence. */
  #answeredAt: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: MembershipSettings) {
    this.#settings = settings;
    this.#heardAt = settings.now();
    this.#answeredAt = this.#heardAt;
  }

  /** The coordinator answered a heartbeat. */
  heard(): void {
    this.#heardAt = this.#settings.now();
    this.#answeredAt = this.#heardAt;
  }

  /** Told to operators once nothing was answered for so long that the coordinator has given the partitions to others. */
  problem(): string | undefined {
    const { groupId, lostAfterMs, now } = this.#settings;
    const silentMs = now() - this.#answeredAt;
    if (silentMs < lostAfterMs) return undefined;
    return `group ${groupId} has answered no heartbeat for ${Math.round(silentMs / 1_000)} s`;
  }

  /** The partitions are handed over: an assignment must come, or the member stands still with nothing that anybody could see standing. */
  handedOver(): void {
    const { groupId, rejoinLimitMs, stalled } = this.#settings;
    this.#isHandedOver = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => stalled(rejoinMissed(groupId, rejoinLimitMs)), rejoinLimitMs);
  }

  joined(): void {
    this.left();
    this.heard();
  }

  /** It leaves for good, or has joined. */
  left(): void {
    clearTimeout(this.#timer);
    this.#isHandedOver = false;
  }

  /** Call where kafkajs reads. @throws what makes kafkajs join again, when it is overdue */
  check(): void {
    const { silenceLimitMs, now } = this.#settings;
    if (!this.#isHandedOver && now() - this.#heardAt < silenceLimitMs) return;
    this.#heardAt = now();
    const message = 'The group must be joined again';
    const error = new KafkaJSError(message, { retriable: true });
    throw Object.assign(error, { type: 'REBALANCE_IN_PROGRESS' });
  }
}

function rejoinMissed(groupId: string, limitMs: number): AppError {
  return new AppError({
    code: 'STALLED',
    message: `The partitions of group ${groupId} were handed over ${limitMs / 1_000} s ago and no assignment followed. The process must restart.`,
  });
}
