import type { Random } from './random.ts';

export type AppendFate =
  | 'answered'
  | 'answer lost'
  | 'answer lost, repeated'
  | 'lost on the way'
  | 'unsent, not mentioned';

const none = {
  kills: 0,
  crashes: 0,
  zombies: 0,
  stops: 0,
  rebalances: 0,
  brokerRestarts: 0,
  lostRequests: 0,
  lostAnswers: 0,
  lateAppends: 0,
  refusals: 0,
  jumps: 0,
  insertFaults: 0,
  redeliveries: 0,
  aimedKills: 0,
};
export type FaultCounts = typeof none;

/** What goes wrong with single requests, as likely as the phase of the run says, and how often it did. */
export class Faults {
  readonly counts: FaultCounts = { ...none };
  readonly #random: Random;
  /** Commits of the calm whose answers may still be lost. */
  #calmCommits = 40;
  /** 0 = the world is well. */
  intensity = 1;

  constructor(random: Random) {
    this.#random = random;
  }

  count(fault: keyof FaultCounts): void {
    this.counts[fault] += 1;
  }

  ofAppend(): AppendFate {
    if (!this.#random.chance(0.1 * this.intensity)) return 'answered';
    const dice = this.#random.below(10);
    if (dice < 4) return 'answer lost';
    if (dice < 7) return 'answer lost, repeated';
    return dice < 9 ? 'lost on the way' : 'unsent, not mentioned';
  }

  /** Does the broker refuse a question? */
  refuses(): boolean {
    if (!this.#random.chance(0.004 * this.intensity)) return false;
    this.count('refusals');
    return true;
  }

  /** Is a batch delivered once more behind the next? */
  deliversAgain(): boolean {
    if (!this.#random.chance(0.15 * this.intensity)) return false;
    this.count('redeliveries');
    return true;
  }

  /** Does a process die at this very moment? */
  hits(): boolean {
    if (!this.#random.chance(0.8 * this.intensity)) return false;
    this.count('aimedKills');
    return true;
  }

  /** Is the answer to a commit lost? Some of the aggregates' even in the calm: so they ask whose a partition is. */
  losesCommit(groupId: string): boolean {
    if (this.intensity > 0) return this.losesAnswer();
    if (groupId !== 'stream-processor' || this.#calmCommits === 0) return false;
    this.#calmCommits -= 1;
    return this.#random.chance(0.5);
  }

  /** Is the answer to an insert lost? */
  losesAnswer(): boolean {
    return this.#random.chance(0.06 * this.intensity);
  }
}
