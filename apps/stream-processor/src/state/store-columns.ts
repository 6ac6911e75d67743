import type { Journeys } from './journeys.ts';
import type { PaneCells } from './pane-cells.ts';
import type { ProvenanceHours } from './provenance-hours.ts';
import type { TokenTable } from './token-table.ts';
import type { ViewerEntries } from './viewer-entries.ts';

/** What a store keeps: tokens by number, their panes by level, and viewers by row. */
export interface StoreColumns {
  readonly tokens: Readonly<TokenTable>;
  readonly cells: readonly Readonly<PaneCells>[];
  /** Row 0 and rows without a token are unused. */
  readonly viewers: Readonly<ViewerEntries>;
  readonly journeys: Pick<Journeys, 'day' | 'loose'>;
  readonly provenance: Pick<ProvenanceHours, 'all'>;
}

/** How much a store holds. */
export interface StoreSizes {
  readonly tokens: number;
  /** Cells by level. */
  readonly cells: readonly number[];
  readonly viewers: number;
}

/** Views of a token in a pane of one level. */
export interface StoredPane {
  readonly level: number;
  readonly pane: number;
  readonly views: number;
}
