import type { JourneyBits } from '../domain/journey.ts';
import { type WindowLevel, windowLevels } from '../domain/window-level.ts';
import type { ViewerPair } from './loose-journeys.ts';
import type { PaneCells } from './pane-cells.ts';
import type { TokenHour } from './provenance-hours.ts';
import type { StoredPane } from './store-columns.ts';
import type { StoredViewer } from './viewer-rows.ts';
import type { Visitors } from './visitors.ts';
import type { WindowStandings } from './window-standings.ts';

/** Parts of the store that is filled. */
interface LoadedParts {
  readonly cells: readonly PaneCells[];
  readonly visitors: Visitors;
  readonly standings: WindowStandings;
  /** @returns its number */
  readonly addToken: (name: string) => number;
}

/** Enters what another store kept into an empty one; it counts from {@link finish} on. */
export class StoreLoader {
  readonly #parts: LoadedParts;

  constructor(parts: LoadedParts) {
    this.#parts = parts;
  }

  /**
   * Enters views of a token, its panes of a level from the newest on; `token` is 0 before its first pane.
   * @returns the token's number for {@link viewer}; 0 while none of its panes is kept any more
   */
  pane(token: number, name: string, { level, pane, views }: Readonly<StoredPane>): number {
    const { standings, addToken } = this.#parts;
    const cells = this.#parts.cells[level] as PaneCells;
    if (!cells.keepsPane(pane)) return token;
    const entered = token === 0 ? addToken(name) : token;
    cells.load(entered, { pane, views });
    standings.touch(windowLevels[level] as WindowLevel, entered);
    return entered;
  }

  /** Enters a viewer of a token. */
  viewer(viewer: Readonly<StoredViewer>): void {
    this.#parts.visitors.levels.load(viewer);
  }

  /** Enters facts of a viewer without a row, as they were kept when `day` was the newest. */
  journeys(pair: Readonly<ViewerPair>, bits: JourneyBits, day: number): void {
    this.#parts.visitors.levels.journeys.loadLoose(pair, bits, day);
  }

  /** Enters where views of a token's hour came from. */
  provenance(hour: Readonly<TokenHour>): void {
    this.#parts.visitors.provenance.load(hour);
  }

  /** Everything is loaded: now it counts. @throws RangeError when no store can have kept it */
  finish(): void {
    this.#parts.visitors.levels.finishLoading();
  }
}
