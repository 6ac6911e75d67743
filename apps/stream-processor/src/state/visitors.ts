import type { FoldedView } from '../domain/folded-view.ts';
import { wordAt } from '../domain/hash.ts';
import { hourMs } from '../domain/hour-rules.ts';
import { finestPaneMs, paneIndexOf, type ViewerSpan, viewerSpans } from '../domain/window-level.ts';
import { ProvenanceHours } from './provenance-hours.ts';
import { ViewerLevels } from './viewer-levels.ts';

const byLength = [...viewerSpans].sort(
  (a, b) => a.paneSizeMs * a.paneCount - b.paneSizeMs * b.paneCount,
);

/** Who views: distinct viewers by window and by the shorter periods; and where from, by the hour. */
export class Visitors {
  readonly levels = new ViewerLevels();
  readonly provenance = new ProvenanceHours();
  readonly #sighting = {
    token: 0,
    viewerHigh: 0,
    viewerLow: 0,
    networkHigh: 0,
    networkLow: 0,
    pane: 0,
    weightMicro: 0,
  };

  constructor(asOf: number) {
    this.advance(asOf, () => undefined);
  }

  reserve(tokens: number): void {
    this.levels.reserve(tokens);
  }

  /** Takes in a counted view of the token. `provenance`: see `provenanceOf`. */
  addView(
    token: number,
    view: Pick<FoldedView, 'viewer' | 'network' | 'viewedAt' | 'weightMicro'>,
    provenance: number,
  ): void {
    const sighting = this.#sighting;
    sighting.token = token;
    sighting.viewerHigh = wordAt(view.viewer, 0);
    sighting.viewerLow = wordAt(view.viewer, 4);
    sighting.networkHigh = wordAt(view.network, 0);
    sighting.networkLow = wordAt(view.network, 4);
    sighting.pane = paneIndexOf(view.viewedAt, finestPaneMs);
    sighting.weightMicro = view.weightMicro;
    this.levels.add(sighting);
    this.provenance.add(token, paneIndexOf(view.viewedAt, hourMs), provenance);
  }

  /** Moves all periods to end at `asOf`, never back; tells of tokens whose sums change. */
  advance(asOf: number, touched: (span: ViewerSpan, token: number) => void): void {
    this.provenance.advance(paneIndexOf(asOf, hourMs));
    // The longest window comes last: a viewer who leaves it is forgotten, and must have left the others by then.
    for (const span of byLength) {
      const firstPane = paneIndexOf(asOf, span.paneSizeMs) - span.paneCount;
      this.levels.advance(span, firstPane, (token) => touched(span, token));
    }
  }
}
