import { html, nothing, type TemplateResult } from 'lit';
import type { ConnectionStatus } from '../../subscribe/index.ts';
import { durationText } from '../format.ts';

const words: Readonly<Record<ConnectionStatus, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  reconnecting: 'Reconnecting',
  stale: 'Stale',
  offline: 'Offline',
  closed: 'Closed',
};

/** The connection in one word, and the measured time from a view to this screen. */
export function connectionPill(
  status: ConnectionStatus,
  latencyMs: number | undefined,
): TemplateResult {
  return html`<span
    class="pill ${status}"
    part="pill"
    data-status=${status}
    title="Median time from a view’s arrival to this screen, on this device’s clock"
  >
    <i aria-hidden="true"></i>${words[status]}
    ${
      status === 'live' && latencyMs !== undefined
        ? html`<span class="latency" part="latency">${durationText(latencyMs)}<small>
            view → screen</small></span>`
        : nothing
    }
  </span>`;
}
