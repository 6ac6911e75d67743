import type { FoldedView } from '../domain/folded-view.ts';
import { wordAt } from '../domain/hash.ts';
import { hourMs } from '../domain/hour-rules.ts';
import { dayOf } from '../domain/journey.ts';
import { finestPaneMs, paneIndexOf, type ViewerSpan, viewerSpans } from '../domain/window-level.ts';
import { ProvenanceHours } from './provenance-hours.ts';
import type { TokenTable } from './token-table.ts';
import { ViewerLevels } from './viewer-levels.ts';

const byLength = [...viewerSpans].sort(
  (a, b) => a.paneSizeMs * a.paneCount - b.paneSizeMs * b.paneCount,
);

/** Who views: distinct viewers by window and by the shorter periods; and where from, by the hour. */
export class Visitors {
  readonly levels: ViewerLevels;
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

  constructor(asOf: number, tokens: Pick<TokenTable, 'hashOf'>) {
    this.levels = new ViewerLevels((token) => tokens.hashOf(token));
    this.advance(asOf, () => undefined);
  }

  reserve(tokens: number): void {
    this.levels.reserve(tokens);
  }

  /**
   * Takes in a counted view of the token. `provenance`: see `provenanceOf`.
   * @returns is its viewer new to the token, or new on that day?
   */
  addView(
    token: number,
    view: Pick<FoldedView, 'viewer' | 'network' | 'viewedAt' | 'weightMicro'>,
    provenance: number,
  ): boolean {
    const sighting = this.#sighting;
    sighting.token = token;
    sighting.viewerHigh = wordAt(view.viewer, 0);
    sighting.viewerLow = wordAt(view.viewer, 4);
    sighting.networkHigh = wordAt(view.network, 0);
    sighting.networkLow = wordAt(view.network, 4);
    sighting.pane = paneIndexOf(view.viewedAt, finestPaneMs);
    sighting.weightMicro = view.weightMicro;
    const before = this.levels.add(sighting);
    this.provenance.add(token, paneIndexOf(view.viewedAt, hourMs), provenance);
    if (before === undefined) return false;
    return before < 0 || dayOf(view.viewedAt) > dayOf(before * finestPaneMs);
  }

  /** Moves all periods to end at `asOf`, never back; tells of tokens whose sums change. */
  advance(asOf: number, touched: (span: ViewerSpan, token: number) => void): void {
    this.provenance.advance(paneIndexOf(asOf, hourMs));
    // The longest window comes last: a viewer who leaves it is forgotten, and must have left the others by then.
    this.levels.journeys.turnTo(dayOf(asOf), touched);
    for (const span of byLength) {
      const firstPane = paneIndexOf(asOf, span.paneSizeMs) - span.paneCount;
      this.levels.advance(span, firstPane, (token) => touched(span, token));
    }
  }
}
