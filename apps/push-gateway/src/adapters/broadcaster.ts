import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Clock } from '@trending/runtime';
import type { OutgoingFrame } from '../domain/outgoing-frame.ts';
import type { HeldChannel } from './channel-book.ts';
import type { Pressure } from './pressure.ts';
import type { PushMetrics } from './push-metrics.ts';
import type { Session, Subscription } from './session.ts';

export interface BroadcasterSettings {
  readonly clock: Clock;
  readonly pressure: Pressure;
  readonly metrics: PushMetrics;
}

export type Advance = 'snapshot' | 'deltas' | 'nothing' | 'lagging';

/** Sends before the event loop gets a turn: a broadcast to 10,000 sockets must not hold up reads and timers. */
const sliceSize = 500;
/** Heartbeats are in no hurry: so many at a time, with a pause between, or ten thousand would hold up a change for as long as a broadcast takes. */
const beatSliceSize = 200;
/** The pause, and how long all heartbeats together may take, ms. */
const beatPauseMs = 25;
const beatOverMs = 4_000;

/**
 * Brings subscriptions to their channel's newest version. Who is one version behind gets the shared delta, who is further behind
 * every delta it missed, who cannot be continued the shared snapshot, and who does not drain gets nothing until it does.
 */
export class Broadcaster {
  readonly #settings: BroadcasterSettings;
  readonly #dirty = new Set<HeldChannel>();
  readonly #lagging = new Set<Session>();
  #pumping = false;
  #sentInSlice = 0;

  constructor(settings: BroadcasterSettings) {
    this.#settings = settings;
  }

  get laggingCount(): number {
    return this.#lagging.size;
  }

  /** The channel moved; its holders hear of it, in slices, in the order of versions. */
  touch(held: HeldChannel): void {
    this.#dirty.add(held);
    if (!this.#pumping) void this.#pump();
  }

  /** The same frame to all holders that have a position. */
  async toAll(held: HeldChannel, frame: OutgoingFrame): Promise<void> {
    for (const { session, position } of held.holders) {
      if (position !== undefined) this.send(session, frame);
      if (this.#isSliceFull()) await setImmediate();
    }
  }

  /** Heartbeats of all these channels, spread. */
  async beat(channels: readonly HeldChannel[]): Promise<void> {
    const total = channels.reduce((sum, { holders }) => sum + holders.size, 0);
    const pauseMs = Math.min(beatPauseMs, (beatOverMs * beatSliceSize) / Math.max(1, total));
    for (const held of channels) await this.#beat(held, pauseMs);
  }

  /**
   * One heartbeat to every holder of the newest version. The others are about to be sent it: told of it now, they would take the frame
   * that is on its way for a lost one and ask again, all of them at once.
   */
  async #beat({ holders, channel }: HeldChannel, pauseMs: number): Promise<void> {
    const { clock } = this.#settings;
    let visited = 0;
    let newest = channel.position;
    let frame = channel.heartbeat(clock.now());
    for (const { session, position } of holders) {
      if (newest !== channel.position) {
        newest = channel.position;
        frame = channel.heartbeat(clock.now());
      }
      if (position?.seq === newest.seq && position.epoch === newest.epoch)
        this.send(session, frame);
      visited += 1;
      if (visited % beatSliceSize === 0) await setTimeout(pauseMs);
    }
  }

  advance(subscription: Subscription): Advance {
    const { session, channel, position } = subscription;
    if (this.#isBehind(session)) {
      subscription.position = undefined;
      return 'lagging';
    }
    const missed = position && channel.missedSince(position);
    if (missed?.length === 0) return 'nothing';
    subscription.position = channel.position;
    if (missed === undefined) {
      this.send(session, channel.snapshot(this.#settings.clock.now()));
      return 'snapshot';
    }
    for (const frame of missed) this.send(session, frame);
    return 'deltas';
  }

  send(session: Session, frame: OutgoingFrame): void {
    const bytes = session.connection.send(frame);
    this.#settings.metrics.sent(session.connection.transport, frame.frame.type, bytes);
  }

  /** Gives drained sessions the newest state and closes those that stay behind. */
  sweep(): void {
    const { pressure, clock } = this.#settings;
    const now = clock.now();
    for (const session of this.#lagging) {
      const buffered = session.connection.bufferedBytes();
      const since = session.laggingSince ?? now;
      if (buffered <= pressure.drainedBelowBytes) this.#catchUp(session);
      else if (buffered > pressure.closeAboveBytes || now - since >= pressure.closeAfterMs)
        session.connection.close('slow');
    }
  }

  forget(session: Session): void {
    this.#lagging.delete(session);
  }

  #catchUp(session: Session): void {
    this.#lagging.delete(session);
    session.laggingSince = undefined;
    for (const subscription of session.subscriptions) this.advance(subscription);
  }

  #isBehind(session: Session): boolean {
    if (session.laggingSince !== undefined) return true;
    const { pressure, clock } = this.#settings;
    const buffered = session.connection.bufferedBytes();
    if (buffered <= pressure.conflateAboveBytes) return false;
    session.laggingSince = clock.now();
    this.#lagging.add(session);
    if (buffered > pressure.closeAboveBytes) session.connection.close('slow');
    return true;
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    // A set visits what is added while it is walked, so channels touched meanwhile get their turn.
    for (const held of this.#dirty) {
      this.#dirty.delete(held);
      await this.#pass(held);
    }
    this.#pumping = false;
  }

  async #pass(held: HeldChannel): Promise<void> {
    const { scoredAt, receivedAt } = held.channel.times;
    if (held.holders.size === 0) return;
    for (const subscription of held.holders) {
      this.advance(subscription);
      if (this.#isSliceFull()) await setImmediate();
    }
    this.#settings.metrics.pushed({ scoredAt, receivedAt }, this.#settings.clock.now());
  }

  #isSliceFull(): boolean {
    this.#sentInSlice += 1;
    if (this.#sentInSlice < sliceSize) return false;
    this.#sentInSlice = 0;
    return true;
  }
}
