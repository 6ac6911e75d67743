import type { Mutant } from './mutant.ts';

const tasks = 'stream-processor/src/tasks/';
const domain = 'stream-processor/src/domain/';

/** When checkpoints are written, and what an owner knows of those before it. */
export const checkpointMutants: readonly Mutant[] = [
  {
    name: 'a new owner takes the base it found for one of now',
    file: `${tasks}checkpoint-schedule.ts`,
    from: 'this.#basedAt = known?.writtenAt ?? now - turn * (baseEveryMs / 16);',
    to: 'this.#basedAt = now - turn * (baseEveryMs / 16);',
    caughtBy: 'apps/stream-processor/test/tasks/repeated-takeovers.test.ts',
  },
  {
    name: 'a new owner forgets where the recent views before its base begin',
    file: `${tasks}checkpoint-writer.ts`,
    from: 'this.#recentAt = position.base?.recentAt ?? -1;',
    to: 'this.#recentAt = -1;',
    caughtBy: 'apps/stream-processor/test/tasks/repeated-takeovers.test.ts',
  },
  {
    name: 'bases are written only when a look meets nothing in flight',
    file: `${tasks}checkpoint-writer.ts`,
    from: 'if (isBatchEnd) await this.#rest(now);',
    to: '',
    caughtBy: 'apps/stream-processor/test/tasks/starved-bases.test.ts',
  },
  {
    name: 'a base at the end of a batch does not hold up the fold',
    file: `${tasks}checkpoint-writer.ts`,
    from: 'if (this.#basing !== undefined) await this.#basing;',
    to: '',
  },
  {
    name: 'a batch that waits for an append sends no heartbeats',
    file: 'packages/kafka/src/beating-while.ts',
    from: 'await heartbeat();',
    to: '',
    caughtBy: 'apps/stream-processor/test/tasks/aggregate-batch.test.ts',
  },
  {
    name: 'a base says that its state began where it ends',
    file: `${tasks}checkpoint-writer.ts`,
    from: 'start: state.firstOffset, end: position',
    to: 'start: position, end: position',
  },
  {
    name: 'records that were not accepted are reckoned from those that were',
    file: 'stream-processor/src/state/aggregate-state.ts',
    from: 'return this.#inputOffset - this.#firstOffset - this.counts.accepted;',
    to: 'return this.counts.residual();',
    caughtBy: 'apps/stream-processor/test/tasks/first-offset.test.ts',
  },
  {
    name: 'a base is told with the chain before its last delta',
    file: `${tasks}checkpoint-writer.ts`,
    from: `    await this.#writeDelta(now);
    const { state, position, deadLettersPending } = this.#task;
    if (deadLettersPending > 0 || position !== this.#end || this.ownership.isLost) return;
    const chain = this.#chain;`,
    to: `    const chain = this.#chain;
    await this.#writeDelta(now);
    const { state, position, deadLettersPending } = this.#task;
    if (deadLettersPending > 0 || position !== this.#end || this.ownership.isLost) return;`,
  },
  {
    name: 'bases are not compared with the deltas before them',
    file: `${domain}checkpoint-fold.ts`,
    from: 'const isHere = record.ownerId',
    to: 'const isHere = false && record.ownerId',
    caughtBy: 'apps/stream-processor/test/domain/checkpoint-fold.test.ts',
  },
  {
    name: 'what was read ahead is not read on to the own fence',
    file: `${tasks}checkpoints-ahead.ts`,
    from: 'await begun.readTo(range.to);',
    to: 'await begun.readTo(begun.next);',
  },
  {
    name: 'a state read ahead is not told of categories that changed since',
    file: `${tasks}takeovers.ts`,
    from: '[...(this.#sinceAhead?.tokens ?? []), ...changed.tokens]',
    to: 'changed.tokens',
    caughtBy: 'apps/stream-processor/test/tasks/gradual-takeover.test.ts',
  },
  {
    name: 'a task that was restored in vain goes on without a look at the fences since',
    file: `${tasks}checkpoints.ts`,
    from: 'const isUnbroken = ownership?.isLost === false && !(await ownership.hasForeignFence(fenceAt));',
    to: 'const isUnbroken = ownership !== undefined;',
    caughtBy: 'apps/stream-processor/test/tasks/checkpoints.test.ts',
  },
  {
    name: 'an assignment that is over still puts its tasks to work',
    file: `${tasks}takeovers.ts`,
    from: 'if (!isCurrent()) {',
    to: 'if (false) {',
    caughtBy: 'apps/stream-processor/test/tasks/gradual-takeover.test.ts',
  },
];
