import { checkpointMutants } from './checkpoint-mutants.ts';
import { journeyMutants } from './journey-mutants.ts';
import type { Mutant } from './mutant.ts';

const kafka = 'packages/kafka/src/';
const tasks = 'stream-processor/src/tasks/';
const domain = 'stream-processor/src/domain/';
const state = 'stream-processor/src/state/';

export const mutants: readonly Mutant[] = [
  ...checkpointMutants,
  ...journeyMutants,
  {
    name: 'fold applies deltas wherever they begin, and looks at no chain',
    file: `${domain}checkpoint-fold.ts`,
    from: `|| record.start !== this.#end) return 'skip';
    if (!sameBytes(record.chain, this.#chain)) {`,
    to: `) return 'skip';
    if (false) {`,
  },
  {
    name: 'fold ignores fences',
    file: `${domain}checkpoint-fold.ts`,
    from: 'if (record.ownerId !== this.#owner || record.start !== this.#end)',
    to: 'if (record.start !== this.#end)',
  },
  {
    name: 'delta says it ends one record late',
    file: `${tasks}checkpoint-writer.ts`,
    from: 'const { start, end } = journal;',
    to: 'const { start } = journal; const end = journal.end + 1;',
  },
  {
    name: 'base used before it was verified',
    file: `${tasks}checkpoint-writer.ts`,
    from: 'if (!(await this.ownership.wrote(offset))) return;\n    }',
    to: 'await this.ownership.wrote(offset);\n    }',
  },
  {
    name: 'base written with views folded since the last delta',
    file: `${tasks}checkpoint-writer.ts`,
    from: 'deadLettersPending > 0 || position !== this.#end || this.ownership.isLost',
    to: 'this.ownership.isLost',
  },
  {
    name: 'delta before its dead letters are acknowledged',
    file: `${tasks}checkpoint-writer.ts`,
    from: 'this.#task.deadLettersPending > 0 || (this',
    to: '(this',
  },
  {
    name: 'replayed views are not remembered against duplicates',
    file: `${state}aggregate-state.ts`,
    from: `      this.#recent.remember(row, this.time.logTime);
      this.time.sawView`,
    to: '      this.time.sawView',
  },
  {
    name: 'views before the base are not recollected',
    file: `${tasks}checkpoint-restore.ts`,
    from: 'this.#recollect({ offset, ...value }, value.payload);',
    to: '',
  },
  {
    name: 'sets leave before catching up',
    file: `${tasks}aggregate-task.ts`,
    from: 'return this.isCaughtUp && this.deadLettersPending === 0;',
    to: 'return this.deadLettersPending === 0;',
  },
  {
    name: 'a superseded owner asks once, and gives up without an answer',
    file: `${tasks}aggregate-commits.ts`,
    from: 'await withRetries(\n',
    to: 'await (async (call: () => Promise<void>, _: unknown) => call().catch(() => { throw new Error("gone"); }))(\n',
  },
  {
    name: 'ownership is never looked at',
    file: `${tasks}checkpoint-ownership.ts`,
    from: 'if (await this.hasForeignFence(offset)) this.#isLost = true;',
    to: '',
  },
  {
    name: 'ranker takes sets of older epochs',
    file: `${domain}board-window.ts`,
    from: 'if (!supersedes(set, held)) return false;',
    to: '',
  },
  {
    name: 'reader takes boards of older epochs',
    file: 'push-gateway/src/domain/board-view.ts',
    from: "if (board.epoch < this.#greatestEpoch) return { kind: 'dropped', reason: 'older-epoch' };",
    to: '',
  },
  {
    name: 'reader takes boards twice',
    file: 'push-gateway/src/domain/board-view.ts',
    from: 'board.seq <= previous.seq)',
    to: 'board.seq < 0)',
  },
  {
    name: 'ties go to the greater token',
    file: `${domain}rank-order.ts`,
    from: 'left.token < right.token ? -1 : 1',
    to: 'left.token < right.token ? 1 : -1',
  },
  {
    name: 'ties ignore effective visitors',
    file: `${domain}rank-order.ts`,
    from: 'if (left.effective !== right.effective) return right.effective - left.effective;',
    to: '',
  },
  {
    name: 'sink inserts without writing its range down',
    file: `${tasks}sink-task.ts`,
    from: "await this.#retried('before', () => this.#tracked(commit(start, pendingMetadata(end))));",
    to: 'pendingMetadata(end);',
  },
  {
    name: 'sink passes over the range that was written down',
    file: `${tasks}sink-start.ts`,
    from: '{ pendingEnd: pending.end }',
    to: '{}',
  },
  {
    name: 'sink commits the end before the insert',
    file: `${tasks}sink-task.ts`,
    from: 'const isDoubtful = await this.#insert(block);',
    to: "await this.#retried('after', () => this.#tracked(commit(end, ''))); const isDoubtful = await this.#insert(block);",
  },
  {
    name: 'sink takes a known token for kept rows after a lost answer',
    file: `${tasks}sink-task.ts`,
    from: 'if (isWrittenDown || isDoubtful)',
    to: 'if (isWrittenDown)',
  },
  {
    name: 'sink takes a known token for kept rows after a takeover',
    file: `${tasks}sink-task.ts`,
    from: 'if (isWrittenDown || isDoubtful)',
    to: 'if (isDoubtful)',
  },
  {
    name: 'the roll-ups know no tokens of inserts',
    file: 'clickhouse/migrations/2_token_view_rollups.sql',
    from: 'non_replicated_deduplication_window = 10000',
    to: 'non_replicated_deduplication_window = 0',
  },
  {
    name: 'the raw table knows no tokens of inserts',
    file: 'clickhouse/migrations/1_token_views.sql',
    from: 'non_replicated_deduplication_window = 10000',
    to: 'non_replicated_deduplication_window = 0',
  },
  {
    name: 'two sends of a lane at a time',
    file: `${kafka}producer-lane.ts`,
    from: 'await this.#deliver(',
    to: 'void this.#deliver(',
  },
  {
    name: 'a lane goes on with the sequence numbers of a failed send',
    file: `${kafka}producer-lane.ts`,
    from: 'if (send.hasFailed) this.#discard(live, sending);',
    to: '',
  },
  {
    name: 'a producer uses its sequence numbers again',
    file: `${kafka}kafka-producer.ts`,
    from: 'if (batch !== undefined && failure === undefined) this.#advance(batch);',
    to: '',
    caughtBy: 'packages/kafka/test/kafka-producer.test.ts',
  },
  {
    name: 'what an answer does not mention counts as acknowledged',
    file: `${kafka}producer-lane.ts`,
    from: 'send.fail(isInTime ? notCovered : late);',
    to: `if (!isInTime) send.fail(late);
      else for (const { target } of send.open)
        send.answered([{ topicName: target.topic, partition: target.partition, errorCode: 0, baseOffset: '0' }]);`,
  },
  {
    name: 'a duplicate does not renew the memory of its event id',
    file: `${state}view-memory.ts`,
    from: 'this.#events.set(slot, logTime);',
    to: 'if (!isRecent) this.#events.set(slot, logTime);',
  },
  {
    name: 'replayed views are remembered by the time they were viewed',
    file: `${state}aggregate-state.ts`,
    from: 'this.#recent.remember(row, this.time.logTime);',
    to: 'this.#recent.remember(row, row.viewedAt);',
  },
  {
    name: 'the fold reads the clock',
    file: `${state}aggregate-state.ts`,
    from: 'this.time.sawRecord(timestamp);',
    to: 'this.time.sawRecord(Date.now());',
  },
  {
    name: 'the support floor is a share of twelve times the own partition',
    file: `${state}level-standings.ts`,
    from: 'reachesSupportFloor(this.#window, effectiveMicro, scope.effectiveMicro)',
    to: 'reachesSupportFloor(this.#window, effectiveMicro, 12 * scope.effectiveMicro)',
    caughtBy: 'sim/test/support-floor.property.test.ts',
  },
  {
    name: 'a partition ships fewer tokens of a chain than its board has places',
    file: `${state}level-standings.ts`,
    from: "2 * boardSizeMax[scope === scopeAll ? 'all' : 'other']",
    to: "(scope === scopeAll ? 2 : 0.5) * boardSizeMax[scope === scopeAll ? 'all' : 'other']",
    caughtBy: 'sim/test/merge-cases.test.ts',
  },
  {
    name: 'what all tokens had at this time of the day before is rounded in each partition',
    file: `${domain}hour-rules.ts`,
    from: 'sum += (hourOf(hour) * overlapMs) / minuteMs;',
    to: 'sum += Math.floor((hourOf(hour) * (overlapMs - 20_000)) / minuteMs);',
    caughtBy: 'sim/test/merge-cases.test.ts',
  },
  {
    name: 'sets of different panes are merged as if they were of one',
    file: `${domain}board-merge.ts`,
    from: 'sets.filter((set) => set.lastPane === lastPane)',
    to: 'sets.filter(() => lastPane >= 0)',
  },
  {
    name: 'a delta frame names the position before its board, not the one before its frame',
    file: 'push-gateway/src/domain/channel.ts',
    from: 'prevSeq: previous.seq,',
    to: 'prevSeq: next.seq - 1,',
  },
  {
    name: 'a delta frame names no position that anybody holds',
    file: 'push-gateway/src/domain/channel.ts',
    from: 'prevSeq: previous.seq,',
    to: 'prevSeq: previous.seq - 1,',
  },
  {
    name: 'addresses keep the case they were spelled in',
    file: 'schemas/src/addresses/evm.ts',
    from: 'const lower = digits.toLowerCase();',
    to: 'const lower = digits;',
  },
];
