import { type ViewerSpan, type WindowLevel, windowLevels } from '../domain/window-level.ts';
import { LevelStandings } from './level-standings.ts';
import type { PaneCells } from './pane-cells.ts';
import type { TokenTable } from './token-table.ts';
import type { Visitors } from './visitors.ts';

/** Where standings are read from; `floorMicro`: see {@link LevelStandings}. */
interface StandingSources {
  readonly tokens: TokenTable;
  readonly cells: readonly PaneCells[];
  readonly visitors: Visitors;
  readonly floorMicro: number | undefined;
}

/** The standings of all windows: who hears of what happened to a token, or to everything. */
export class WindowStandings {
  readonly #levels: readonly LevelStandings[];
  readonly #versions = new Uint32Array(windowLevels.length);

  constructor({ tokens, cells, visitors, floorMicro }: StandingSources) {
    this.#levels = windowLevels.map((level) => {
      const panes = cells[level.index] as PaneCells;
      const viewers = visitors.levels.levelOf(level);
      const shipped = { window: level.name, ...(floorMicro === undefined ? {} : { floorMicro }) };
      return new LevelStandings(shipped, tokens, {
        viewsOf: (token) => panes.current[token] as number,
        effectiveMicroOf: (token) => viewers.effectiveMicro[token] as number,
        visitorsOf: (token) => viewers.visitors[token] as number,
        networksOf: (token) => viewers.networks[token] as number,
      });
    });
  }

  of(level: WindowLevel): LevelStandings {
    return this.#levels[level.index] as LevelStandings;
  }

  /** See `ViewCountStore.version`. */
  version(level: WindowLevel): number {
    return this.#versions[level.index] as number;
  }

  reserve(tokens: number): void {
    for (const standings of this.#levels) standings.reserve(tokens);
  }

  /** Something in the window changed. */
  changed(level: WindowLevel): void {
    this.#versions[level.index] = this.version(level) + 1;
  }

  /** What the window counts of the token changed. */
  touch(level: WindowLevel, token: number): void {
    this.of(level).touch(token);
    this.changed(level);
  }

  /** A view was counted that is too old for this window: it still tells of the token's hours. */
  touchPast(level: WindowLevel, token: number): void {
    this.of(level).touch(token);
  }

  /** Somebody left a window, or a shorter period that windows tell of, or more is known of him. */
  visitorsChanged(span: ViewerSpan, token: number): void {
    for (const level of windowLevels) {
      if (level === span) this.touch(level, token);
      else if (level.horizons.includes(span)) this.of(level).touch(token);
    }
  }

  /** What is known of the token besides its views changed. */
  relearned(token: number): void {
    for (const level of windowLevels) {
      this.changed(level);
      this.of(level).forget(token);
    }
  }

  changeScopes(token: number, left: readonly string[], entered: readonly string[]): void {
    for (const standings of this.#levels) standings.changeScopes(token, left, entered);
  }

  /** The token leaves the memory. */
  remove(token: number): void {
    for (const standings of this.#levels) standings.remove(token);
  }
}
