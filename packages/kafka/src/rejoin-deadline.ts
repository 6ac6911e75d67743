import { AppError } from '@trending/runtime/errors';
import type { MemberState } from './batch-delivery.ts';

export interface RejoinDeadlineSettings {
  readonly groupId: string;
  readonly state: MemberState;
  readonly limitMs: number;
  readonly missed: (error: AppError) => void;
}

/** After a hand-over an assignment must come. A member that waits for it without an end has no partitions, and so nobody sees it stand still. */
export class RejoinDeadline {
  readonly #settings: RejoinDeadlineSettings;
  #timer: NodeJS.Timeout | undefined;

  constructor(settings: RejoinDeadlineSettings) {
    this.#settings = settings;
  }

  /** Its partitions are handed over. */
  begin(): void {
    const { groupId, state, limitMs, missed } = this.#settings;
    state.isBetweenAssignments = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => missed(rejoinMissed(groupId, limitMs)), limitMs);
  }

  /** It joined again, or leaves for good. */
  end(): void {
    clearTimeout(this.#timer);
    this.#settings.state.isBetweenAssignments = false;
  }
}

function rejoinMissed(groupId: string, limitMs: number): AppError {
  return new AppError({
    code: 'STALLED',
    message: `The partitions of group ${groupId} were handed over ${limitMs / 1_000} s ago and no assignment followed. The process must restart.`,
  });
}
