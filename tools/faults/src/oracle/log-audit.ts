import { type Log, type Serde, topicName } from '@trending/kafka';
import { type TokenView, topics } from '@trending/schemas';
import type { EventLedger } from './event-ledger.ts';
import { PaneCounts } from './pane-counts.ts';

type AuditedView = Pick<TokenView, 'eventId' | 'token' | 'viewedAt'>;

/** What the views topic really holds, read from its start on: the reference for everything behind it. */
export class LogAudit {
  /** Records, repeated events included. */
  records = 0;
  /** Records that are not of this run, or differ from what was sent. */
  foreign = 0;
  /** Every event once. */
  readonly distinct: PaneCounts;
  /** Every record. */
  readonly all: PaneCounts;
  readonly #ledger: EventLedger;
  readonly #tokens: readonly string[];
  readonly #positions = new Map<number, number>();

  constructor(ledger: EventLedger, tokens: readonly string[]) {
    this.#ledger = ledger;
    this.#tokens = tokens;
    this.distinct = new PaneCounts(tokens.length);
    this.all = new PaneCounts(tokens.length);
  }

  /** Reads on to the present end of the log; resolves to the end offsets. */
  async advance(log: Log, serde: Serde<AuditedView>): Promise<ReadonlyMap<number, number>> {
    const topic = topicName(topics.views, '');
    const ends = await log.endOffsets(topic);
    const starts = await log.startOffsets(topic);
    for (const [partition, to] of ends) {
      const from = this.#positions.get(partition) ?? starts.get(partition) ?? 0;
      for await (const { records } of log.read({ topic, partition }, { from, to })) {
        for (const { value, offset } of records) {
          if (value !== null) await this.#take(value, serde);
          this.#positions.set(partition, offset + 1);
        }
      }
    }
    return ends;
  }

  async #take(bytes: Uint8Array, serde: Serde<AuditedView>): Promise<void> {
    if (serde.decode(bytes) === undefined) await serde.resolve(bytes);
    const decoded = serde.decode(bytes);
    this.records += 1;
    const view = decoded?.ok === true ? decoded.value : undefined;
    const number = view && this.#ledger.numberOf(view.eventId);
    const event = number === undefined ? undefined : this.#ledger.event(number);
    if (number === undefined || event === undefined || !this.#isSame(view, event)) {
      this.foreign += 1;
      return;
    }
    this.all.add(event.token, event.viewedAt);
    if (this.#ledger.found(number)) this.distinct.add(event.token, event.viewedAt);
  }

  #isSame(
    view: AuditedView | undefined,
    event: { readonly token: number; readonly viewedAt: number },
  ): boolean {
    return view?.token === this.#tokens[event.token] && view?.viewedAt === event.viewedAt;
  }
}
