import type { ConsumedRecord } from '@trending/kafka';
import { type TokenView, viewFlags, type Window } from '@trending/schemas';
import { type NaiveFact, naiveFacts, type ToldFacts } from './journey-oracle.ts';
import { viewSerde } from './publisher.ts';

const minute = 60_000;
/** How long an event id is known, of log time. */
export const memoryMs = 10 * minute;
const hour = 60 * minute;

export type NaiveClass =
  | 'counted'
  | 'late-kept'
  | 'late-dropped'
  | 'duplicate'
  | 'filtered'
  | 'dead';

export interface NaiveView {
  readonly offset: number;
  readonly class: NaiveClass;
  /** Undefined when the record is none. */
  readonly view: TokenView | undefined;
  /** Hexadecimal; empty when the record is none. */
  readonly viewer: string;
  readonly eventId: number;
  /** Greatest record timestamp up to here, ms. */
  readonly logTime: number;
}

/** The counting rules once more, written down plainly from their definition and sharing no code with the service. */
export class NaivePartition {
  readonly views: NaiveView[] = [];
  /** What the journeys topic tells of its viewers: as it stands there, and fact by fact. */
  readonly told: readonly ToldFacts[];
  readonly facts: readonly NaiveFact[];
  #streamTime = 0;
  #logTime = 0;
  readonly #events = new Map<string, number>();
  readonly #viewers = new Map<string, { readonly logTime: number; readonly viewedAt: number }>();

  constructor(told: readonly ToldFacts[]) {
    this.told = told;
    this.facts = naiveFacts(told);
  }

  take(record: ConsumedRecord): void {
    this.#logTime = Math.max(this.#logTime, record.timestamp);
    const decoded = record.value === null ? undefined : viewSerde.decode(record.value);
    const view = decoded?.ok ? decoded.value : undefined;
    const isView =
      view !== undefined &&
      Buffer.from(record.key ?? []).toString('latin1') === view.token &&
      view.viewedAt <= record.timestamp + minute;
    const viewer = isView ? Buffer.from(view.viewer).toString('hex') : '';
    const kind = isView ? this.#classOf(view, viewer) : 'dead';
    const eventId = view === undefined ? 0 : Buffer.from(view.eventId).readUInt32BE(12);
    this.views.push({
      offset: record.offset,
      class: kind,
      view: isView ? view : undefined,
      viewer,
      eventId,
      logTime: this.#logTime,
    });
  }

  counts(below: number): Record<NaiveClass, number> & { accepted: number } {
    const counts = {
      accepted: 0,
      counted: 0,
      'late-kept': 0,
      'late-dropped': 0,
      duplicate: 0,
      filtered: 0,
      dead: 0,
    };
    for (const { offset, class: kind } of this.views) {
      if (offset >= below) break;
      counts[kind] += 1;
      counts.accepted += 1;
    }
    return counts;
  }

  #classOf(view: TokenView, viewer: string): NaiveClass {
    const before = this.#streamTime;
    this.#streamTime = Math.max(before, view.viewedAt);
    const id = `${view.token} ${Buffer.from(view.eventId).toString('hex')}`;
    const seen = this.#events.get(id);
    this.#events.set(id, this.#logTime);
    if (seen !== undefined && seen >= this.#logTime - memoryMs) return 'duplicate';
    if ((view.flags & viewFlags.robot) !== 0) return 'filtered';
    const who = `${view.token} ${viewer}`;
    const last = this.#viewers.get(who);
    this.#viewers.set(who, { logTime: this.#logTime, viewedAt: view.viewedAt });
    const isRepeated =
      last !== undefined &&
      last.logTime >= this.#logTime - memoryMs &&
      Math.abs(view.viewedAt - last.viewedAt) < 30_000;
    if (isRepeated) return 'filtered';
    const watermark = before - 5_000;
    if (view.viewedAt >= watermark) return 'counted';
    const keptFrom = (Math.floor(watermark / hour) - 48) * hour;
    return view.viewedAt >= keptFrom ? 'late-kept' : 'late-dropped';
  }
}

export interface NaiveStanding {
  readonly token: string;
  views: number;
  readonly viewers: Set<string>;
}

/** Sizes of a window, or of a shorter period. */
export type NaiveSpan = Pick<Window, 'paneSizeMs' | 'windowSizeMs'>;

/** What a window shows at `asOf` of the records below `below`, by token. Each simulated viewer has a network of its own. */
export function naiveWindow(
  partition: NaivePartition,
  {
    window,
    asOf,
    below,
  }: { readonly window: NaiveSpan; readonly asOf: number; readonly below: number },
): NaiveStanding[] {
  const { paneSizeMs, windowSizeMs } = window;
  const from = Math.floor(asOf / paneSizeMs) * paneSizeMs - windowSizeMs;
  const standings = new Map<string, NaiveStanding>();
  for (const { offset, class: kind, view, viewer } of partition.views) {
    if (offset >= below) break;
    if (view === undefined || (kind !== 'counted' && kind !== 'late-kept')) continue;
    if (view.viewedAt < from) continue;
    const { token } = view;
    const standing = standings.get(token) ?? { token, views: 0, viewers: new Set() };
    standing.views += 1;
    standing.viewers.add(viewer);
    standings.set(token, standing);
  }
  return [...standings.values()].sort((a, b) => (a.token < b.token ? -1 : 1));
}
