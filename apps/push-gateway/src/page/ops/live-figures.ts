import type { OpsStatus, PartitionRow } from '../../ops-status.ts';
import { byId } from '../by-id.ts';
import { type Bucket, boundText, bucketsIn, quantile, since } from './histogram.ts';
import { Rate, Recent } from './recent.ts';

/** Looks kept: a minute at one every two seconds. */
const looks = 30;
const latencyName = 'trending_push_latency_seconds';

/** The four figures on top of the page: rate, lag, latency and residual, with what they were in the last minute. */
export class LiveFigures {
  readonly #rate = new Rate();
  readonly #rates = new Recent(looks);
  readonly #lags = new Recent(looks);
  /** Histograms of the last minute, oldest first. */
  #histograms: (readonly Bucket[])[] = [];

  observe({ asOf, partitions }: OpsStatus): void {
    const rate = this.#rate.next(
      total(partitions, ({ accepted }) => accepted),
      asOf,
    );
    if (rate !== undefined) {
      this.#rates.add(rate);
      byId('rate').textContent = Math.round(rate).toLocaleString('en');
      line('rate-line', this.#rates);
    }
    const lag = total(partitions, (row) => row.lag);
    this.#lags.add(lag);
    byId('lag').textContent = lag.toLocaleString('en');
    line('lag-line', this.#lags);
    const residual = total(partitions, (row) => Math.abs(row.residual ?? 0));
    byId('residual').textContent = residual.toLocaleString('en');
    byId('residual').classList.toggle('bad', residual !== 0);
  }

  /** Reads the gateway's own histogram. @throws when it does not answer */
  async askLatency(): Promise<void> {
    const answer = await fetch('/metrics');
    if (!answer.ok) throw new Error(`/metrics answered ${answer.status}`);
    const now = bucketsIn(await answer.text(), latencyName, 'since="received"');
    this.#histograms = [...this.#histograms, now].slice(-looks);
    showLatency(since(this.#histograms[0] ?? [], now));
  }
}

function showLatency(recent: readonly Bucket[]): void {
  const last = Math.max(...recent.map(({ upTo }) => upTo).filter(Number.isFinite));
  const [p50, p95] = [quantile(recent, 0.5), quantile(recent, 0.95)];
  byId('latency').textContent =
    p50 === undefined || p95 === undefined
      ? 'no pushes'
      : `${boundText(p50, last)}, p95 ${boundText(p95, last)}`;
  const most = Math.max(1, ...recent.map(({ count }) => count));
  byId('latency-bars').replaceChildren(
    ...recent.map(({ upTo, count }) => {
      const bar = document.createElement('li');
      bar.title = `${boundText(upTo, last)}: ${count}`;
      bar.setAttribute('aria-label', bar.title);
      bar.style.setProperty('--share', String(count / most));
      return bar;
    }),
  );
}

function line(id: string, recent: Recent): void {
  byId(id).querySelector('polyline')?.setAttribute('points', recent.points());
}

function total(
  rows: readonly PartitionRow[],
  read: (row: PartitionRow) => number | null | undefined,
): number {
  return rows.reduce((sum, row) => sum + (read(row) ?? 0), 0);
}
