import { setImmediate } from 'node:timers/promises';
import { createMetrics } from '@trending/runtime';
import { ManualClock, until } from '@trending/runtime/testing';
import type { CloseReason, ServerFrame } from '@trending/schemas';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Connection } from '../../src/adapters/connection.ts';
import { Hub } from '../../src/adapters/hub.ts';
import { defaultPressure } from '../../src/adapters/pressure.ts';
import { PushMetrics } from '../../src/adapters/push-metrics.ts';
import type { Session } from '../../src/adapters/session.ts';
import { BoardAccess } from '../../src/domain/board-access.ts';
import { BoardShelf } from '../../src/domain/board-shelf.ts';
import type { OutgoingFrame } from '../../src/domain/outgoing-frame.ts';
import { TokenDirectory } from '../../src/domain/token-directory.ts';
import { boardOf, tokens } from '../support/boards.ts';

const board = { formula: 'trending', window: '1h', scope: 'all' };

const everybody = new BoardAccess([]);

/** A connection whose buffer and attention the test decides. */
class RecordingConnection implements Connection {
  readonly transport = 'websocket';
  readonly frames: OutgoingFrame[] = [];
  buffered = 0;
  reads = true;
  closedFor: CloseReason | undefined;
  session: Session | undefined;

  send(frame: OutgoingFrame): number {
    this.frames.push(frame);
    return 1;
  }
  bufferedBytes = () => this.buffered;
  isReading = () => this.reads;
  forgiven = 0;
  forgive(): void {
    this.forgiven += 1;
  }
  close(reason: CloseReason): void {
    this.closedFor = reason;
    this.session?.end();
  }
  get types(): ServerFrame['type'][] {
    return this.frames.map(({ frame }) => frame.type);
  }
}

describe('the hub', () => {
  const clock = new ManualClock(1_700_000_100_000);
  let shelf: BoardShelf;
  let hub: Hub;

  beforeEach(async () => {
    shelf = new BoardShelf(new TokenDirectory());
    const metrics = new PushMetrics(createMetrics('test'));
    hub = new Hub({ clock, shelf, metrics, sweepMs: 5, heartbeatMs: 1e6 });
    await hub.start();
    hub.serve();
  });
  afterEach(() => hub.stop());

  function publish(count: number, seq: number): void {
    const { version } = shelf.apply(boardOf(tokens(count), { seq }));
    if (version !== undefined) hub.publish(version);
  }
  function follower(): RecordingConnection {
    const connection = new RecordingConnection();
    connection.session = hub.open(connection, everybody);
    connection.session.receive({ ok: true, frame: { type: 'subscribe', board } });
    return connection;
  }
  const swept = (what: string, probe: () => boolean) =>
    until({ timeoutMs: 2_000, what }, () => probe() || undefined);

  it('gives all holders of a version the very same frame', () => {
    publish(3, 1);
    const [one, other] = [follower(), follower()];
    publish(4, 2);
    expect(one.types).toEqual(['snapshot', 'delta']);
    expect(one.frames[0]).toBe(other.frames[0]);
    expect(one.frames[1]).toBe(other.frames[1]);
  });

  it('holds deltas back above 256 kB and gives one snapshot of the newest state after the drain', async () => {
    publish(3, 1);
    const slow = follower();
    const healthy = follower();
    slow.buffered = defaultPressure.conflateAboveBytes + 1;
    for (const seq of [2, 3, 4]) publish(3 + seq, seq);
    await setImmediate();
    expect(slow.types).toEqual(['snapshot']);
    expect(healthy.types).toEqual(['snapshot', 'delta', 'delta', 'delta']);
    await hub.beat();
    expect(slow.types).toEqual(['snapshot']);
    slow.buffered = 0;
    await swept('the catch-up', () => slow.frames.length > 1);
    expect(slow.frames.map(({ frame }) => 'seq' in frame && frame.seq)).toEqual([1, 4]);
    await setImmediate();
    publish(9, 5);
    await setImmediate();
    expect(slow.types).toEqual(['snapshot', 'snapshot', 'delta']);
    expect(slow.closedFor).toBeUndefined();
  });

  it('closes who stays behind for ten seconds, not a millisecond earlier', async () => {
    publish(3, 1);
    const slow = follower();
    slow.buffered = defaultPressure.conflateAboveBytes + 1;
    publish(4, 2);
    clock.advance(9_999);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(slow.closedFor).toBeUndefined();
    clock.advance(1);
    await swept('the close', () => slow.closedFor === 'slow');
  });

  it('closes at once above one MiB', () => {
    publish(3, 1);
    const slow = follower();
    slow.buffered = defaultPressure.closeAboveBytes + 1;
    publish(4, 2);
    expect(slow.closedFor).toBe('slow');
  });

  it('closes who has not read anything since the last heartbeats', async () => {
    publish(3, 1);
    const deaf = follower();
    const healthy = follower();
    deaf.reads = false;
    await hub.beat();
    expect([deaf.closedFor, healthy.closedFor]).toEqual(['slow', undefined]);
    expect(healthy.types).toEqual(['snapshot', 'heartbeat']);
  });

  it('closes who is sent more than it takes by whatever it asks, boards or not', async () => {
    const chatty = new RecordingConnection();
    chatty.session = hub.open(chatty, everybody);
    for (let i = 0; i < 20; i += 1)
      chatty.session.receive({ ok: false, problem: { code: 'bad-frame', message: 'No.' } });
    chatty.buffered = defaultPressure.closeAboveBytes;
    await hub.beat();
    expect([chatty.types.length, chatty.closedFor]).toEqual([20, undefined]);
    chatty.buffered += 1;
    await hub.beat();
    expect(chatty.closedFor).toBe('slow');
  });

  it('forgives, once in a row, who could not be heard while the process stood still', async () => {
    const start = performance.now();
    const stopped = vi.spyOn(performance, 'now');
    const waiting = follower();
    waiting.reads = false;
    stopped.mockReturnValue(start + 2_500);
    await hub.beat();
    expect([waiting.closedFor, waiting.forgiven]).toEqual([undefined, 1]);
    stopped.mockReturnValue(start + 5_000);
    await hub.beat();
    expect([waiting.closedFor, waiting.forgiven]).toEqual(['slow', 1]);
    stopped.mockRestore();
  });

  it('broadcasts in slices: the event loop gets its turn, and nobody is left out or served twice', async () => {
    publish(3, 1);
    const crowd = Array.from({ length: 1_300 }, () => follower());
    publish(4, 2);
    expect(crowd.filter(({ frames }) => frames.length > 1).length).toBeLessThan(1_300);
    publish(5, 3);
    await swept('the whole crowd', () => crowd.every(({ frames }) => frames.length === 3));
    for (const { frames } of crowd) {
      expect(frames.map(({ frame }) => 'seq' in frame && frame.seq)).toEqual([1, 2, 3]);
    }
  });

  it('never tells of a version in a heartbeat that the client was not sent before', async () => {
    publish(3, 1);
    const crowd = Array.from({ length: 1_300 }, () => follower());
    publish(4, 2);
    const beaten = hub.beat();
    publish(5, 3);
    await beaten;
    await swept('the whole crowd', () => crowd.every(({ types }) => types.includes('delta')));
    for (const { frames } of crowd) {
      const seqs = frames.map(({ frame }) => ('seq' in frame ? frame.seq : -1));
      expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
      const beats = frames.flatMap(({ frame }, i) => (frame.type === 'heartbeat' ? [i] : []));
      for (const i of beats) expect(seqs[i]).toBe(seqs[i - 1]);
    }
    expect(crowd.some(({ types }) => types.includes('heartbeat'))).toBe(true);
  });

  /** How many of 320 boards, all different and without views, are refused for being too many. */
  function refusedOf320(asked: Hub): number {
    const refused = Array.from({ length: 10 }, (_, c) => {
      const connection = new RecordingConnection();
      connection.session = asked.open(connection, everybody);
      for (let i = 0; i < 32; i += 1) {
        const wanted = { ...board, scope: `chain:x${c}-${i}` };
        connection.session.receive({ ok: true, frame: { type: 'subscribe', board: wanted } });
        clock.advance(100);
      }
      return connection.frames.filter(
        ({ frame }) => frame.type === 'error' && frame.code === 'too-many-boards',
      ).length;
    });
    return refused.reduce((a, b) => a + b);
  }

  it('refuses to hold any number of boards that nobody views', () => {
    expect(refusedOf320(hub)).toBe(320 - 256);
  });

  it('does not take boards for such while it has not caught up: everybody comes back to a gateway that was started again', () => {
    const metrics = new PushMetrics(createMetrics('test'));
    expect(refusedOf320(new Hub({ clock, shelf, metrics }))).toBe(0);
  });

  it('gives who was behind while its board was taken out of service the empty board', async () => {
    publish(3, 1);
    const slow = follower();
    slow.buffered = defaultPressure.conflateAboveBytes + 1;
    publish(4, 2);
    await setImmediate();
    const key = 'trending|1h|all';
    shelf.remove(key);
    hub.remove(key);
    slow.buffered = 0;
    await swept('the catch-up', () => slow.frames.length > 1);
    expect(slow.frames.at(-1)?.frame).toMatchObject({ type: 'snapshot', epoch: 0, seq: 0 });
  });

  it('forgets a connection that ended', () => {
    publish(3, 1);
    const gone = follower();
    gone.session?.end();
    publish(4, 2);
    expect(gone.types).toEqual(['snapshot']);
  });
});
