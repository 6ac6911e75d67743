import type { Mutant } from './mutant.ts';

const tasks = 'stream-processor/src/tasks/';
const state = 'stream-processor/src/state/';

/** How viewers are followed from token to token. */
export const journeyMutants: readonly Mutant[] = [
  {
    name: 'a delta leaves before the viewers that it covers are told',
    file: `${tasks}checkpoint-writer.ts`,
    from: 'await this.#beforeDelta();',
    to: '',
  },
  {
    name: 'a fact for a viewer without a row is dropped',
    file: `${state}journeys.ts`,
    from: 'if (entry === 0) this.#loose.add(fact, bits);',
    to: 'if (entry === 0) return;',
  },
  {
    name: 'a row that is removed takes its facts along',
    file: `${state}journeys.ts`,
    from: 'this.#loose.add(this.#pair(entry), bits);',
    to: '',
    caughtBy: 'apps/stream-processor/test/state/journeys.test.ts',
  },
  {
    name: 'facts end at midnight',
    file: 'stream-processor/src/domain/journey.ts',
    from: 'return (bits & newestDay) << bitsOfDay;',
    to: 'return 0 * bits;',
  },
  {
    name: 'facts of the day before arrive too late to count',
    file: 'stream-processor/src/domain/journey.ts',
    from: 'return age > 1 ? 0 :',
    to: 'return age > 0 ? 0 :',
  },
  {
    name: 'facts outlive two midnights',
    file: 'stream-processor/src/domain/journey.ts',
    from: 'return (bits & newestDay) << bitsOfDay;',
    to: 'return (bits | (bits << bitsOfDay)) & 15;',
    caughtBy: 'apps/stream-processor/test/state/journeys.test.ts',
  },
  {
    name: 'the journey role commits what is not acknowledged yet',
    file: `${tasks}journey-task.ts`,
    from: 'await this.#append(facts.all());',
    to: 'void this.#append(facts.all());',
  },
  {
    name: 'a journey process remembers nothing of what was committed before it came',
    file: `${tasks}journey-start.ts`,
    from: 'return { rebuildFrom: Math.min(day, goOnAt), goOnAt, end };',
    to: 'return { rebuildFrom: goOnAt, goOnAt, end };',
  },
  {
    name: 'sets leave before the owner knows its viewers',
    file: `${tasks}aggregate-task.ts`,
    from: 'return this.#isInformed && this.position >= this.#catchUpTo;',
    to: 'return this.position >= this.#catchUpTo;',
  },
  {
    name: 'a task that is told of its viewers misses what the follower passes meanwhile',
    file: `${tasks}journey-reader.ts`,
    from: 'let to = Math.max(ends.get(partition) ?? 0, this.#position);',
    to: 'let to = ends.get(partition) ?? 0;',
  },
  {
    name: 'a base says that it knows one record of the journeys more than it does',
    file: `${state}aggregate-state.ts`,
    from: 'this.#journeyOffset = summary.journeyOffset;',
    to: 'this.#journeyOffset = summary.journeyOffset + 1;',
  },
];
