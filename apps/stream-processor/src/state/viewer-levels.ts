import { trackedViewersMax, viewersPerNetworkMax } from '../domain/counting-rules.ts';
import { longestLevel, type ViewerSpan, viewerSpans } from '../domain/window-level.ts';
import { Journeys } from './journeys.ts';
import { LevelSums } from './level-sums.ts';
import { NetworkShares } from './network-shares.ts';
import { OldestViewers } from './oldest-viewers.ts';
import { Returners } from './returners.ts';
import { ViewerEntries } from './viewer-entries.ts';
import type { StoredViewer, ViewerSighting } from './viewer-rows.ts';

/**
 * Distinct viewers, returners and networks per (token, window), kept up to date view by view and pane by pane; all sums are integers.
 * Where there are more viewers than are tracked those seen the longest ago are forgotten first: then it makes no difference whether
 * viewers that no window reaches any more had left before.
 */
export class ViewerLevels {
  readonly entries = new ViewerEntries();
  readonly #networks = new NetworkShares(this.entries);
  readonly #oldest = new OldestViewers(this.entries);
  readonly #levels: readonly LevelSums[] = viewerSpans.map((span) => new LevelSums(span));
  readonly #returners = new Returners(this.entries, this.#levels);
  readonly journeys: Journeys;
  /** Viewers that were forgotten because their token or their network had too many. */
  untracked = 0;

  /** `hashOf`: of a token's name, by its number. */
  constructor(hashOf: (token: number) => number) {
    this.journeys = new Journeys({ entries: this.entries, levels: this.#levels, hashOf });
  }

  /** Tracked (token, viewer) pairs. */
  size(): number {
    return this.entries.size();
  }

  /**
   * Takes in a viewer as another store kept it, each once and into an empty store; token by token is fastest. Counts from
   * {@link finishLoading} on.
   */
  load(viewer: Readonly<StoredViewer>): void {
    const longest = this.levelOf(longestLevel);
    if (!longest.holds(viewer.pane)) {
      this.journeys.loadGone(viewer);
      return;
    }
    const entry = this.entries.append(viewer);
    this.entries.set(entry, viewer);
    this.entries.setGap(entry, longest.holds(viewer.pane - viewer.gap) ? viewer.gap : 0);
    this.journeys.load(entry, viewer);
  }

  /** @throws RangeError when viewers were loaded that no store can have kept */
  finishLoading(): void {
    const { entries } = this;
    entries.indexAll();
    this.#networks.attachAll();
    for (let entry = 1; entry < entries.end(); entry += 1) {
      if (this.#networks.viewersWith(entry) > viewersPerNetworkMax)
        throw new RangeError('a network has more viewers of a token than are tracked');
      this.#joinAll(entry);
      this.#scheduleAll(entry, -1);
      this.#returners.joinAll(entry);
      this.#returners.schedule(entry);
    }
    const { visitors } = this.levelOf(longestLevel);
    if (visitors.some((tracked) => tracked > trackedViewersMax))
      throw new RangeError('a token has more viewers than are tracked');
  }

  reserve(tokens: number): void {
    for (const level of this.#levels) level.reserve(tokens);
  }

  /** Sums of one window; its columns move when they grow. */
  levelOf(level: ViewerSpan): LevelSums {
    return this.#levels[level.index] as LevelSums;
  }

  /** Takes in a counted view. @returns the viewer's last pane before it; -1 for one that was not known, undefined where it does not count */
  add(sighting: Readonly<ViewerSighting>): number | undefined {
    if (!this.levelOf(longestLevel).holds(sighting.pane)) return undefined;
    const entry = this.entries.find(sighting);
    const before = entry === 0 ? -1 : this.entries.lastPaneOf(entry);
    if (entry === 0) this.#addEntry(sighting);
    else this.#seeAgain(entry, sighting);
    return before;
  }

  /** Moves a level's window to start at `firstPane`, never back; calls `touched` for each token that loses a visitor or returner. */
  advance(level: ViewerSpan, firstPane: number, touched: (token: number) => void): void {
    const sums = this.levelOf(level);
    if (firstPane <= sums.firstPane) return;
    sums.firstPane = firstPane;
    sums.expiry.dropBefore(firstPane, (entry, pane) => {
      const token = this.entries.tokenOf(entry);
      if (this.#losePane(entry, pane, sums)) touched(token);
      if (level !== longestLevel || this.#isIn(entry, level)) return;
      const isLast = token !== 0 && sums.paneOf(this.entries.lastPaneOf(entry)) === pane;
      if (!isLast) return;
      this.#oldest.forget(token);
      this.#removeEntry(entry);
    });
  }

  /** A pane of the viewer is over. @returns whether it is no visitor, or no returner, of the window any more */
  #losePane(entry: number, pane: number, sums: LevelSums): boolean {
    const { entries } = this;
    let hasLeft = false;
    if (sums.paneOf(entries.secondPane(entry)) === pane) {
      hasLeft = this.#returners.leave(entry, sums);
      if (sums.span === longestLevel) entries.setGap(entry, 0);
    }
    const isLast = sums.paneOf(entries.lastPaneOf(entry)) === pane;
    if (!isLast || !this.#isIn(entry, sums.span)) return hasLeft;
    this.#leave(entry, sums.span);
    return true;
  }

  #addEntry(sighting: Readonly<ViewerSighting>): void {
    const entry = this.entries.add(sighting);
    const listed = this.entries.lastPaneOf(entry);
    this.entries.set(entry, sighting);
    this.entries.setGap(entry, 0);
    this.journeys.begin(entry);
    this.#oldest.add(entry);
    this.#attach(entry);
    this.#joinAll(entry);
    this.#scheduleAll(entry, listed);
    this.#keepWithinLimits(entry);
  }

  /** The viewer's newest panes are those of all its views, in whatever order they come. */
  #seeAgain(entry: number, sighting: Readonly<ViewerSighting>): void {
    const { pane } = sighting;
    const last = this.entries.lastPaneOf(entry);
    const second = this.entries.secondPane(entry);
    if (this.entries.isExceededBy(entry, sighting)) this.#refresh(entry, sighting);
    if (pane !== last)
      this.entries.setSecondPane(entry, pane > last ? last : Math.max(second, pane));
    this.#returners.joinAll(entry);
    if (pane > second && pane < last) this.#returners.schedule(entry);
    this.#keepWithinLimits(entry);
  }

  #refresh(entry: number, sighting: Readonly<ViewerSighting>): void {
    const before = this.entries.lastPaneOf(entry);
    if (this.entries.hasSameShare(entry, sighting)) {
      this.entries.set(entry, sighting);
    } else {
      this.#leaveAll(entry);
      this.#networks.detach(entry);
      this.entries.set(entry, sighting);
      this.#attach(entry);
    }
    this.#joinAll(entry);
    this.#scheduleAll(entry, before);
  }

  /** Forgets the viewer that was seen the longest ago where the entry is one too many. */
  #keepWithinLimits(entry: number): void {
    const token = this.entries.tokenOf(entry);
    const tracked = this.levelOf(longestLevel).visitors[token] as number;
    if (this.#networks.viewersWith(entry) > viewersPerNetworkMax)
      this.#forget(this.#networks.oldestWith(entry));
    else if (tracked > trackedViewersMax) this.#forget(this.#oldest.of(token));
  }

  #forget(entry: number): void {
    this.untracked += 1;
    this.#leaveAll(entry);
    this.#removeEntry(entry);
  }

  /** Joins the windows that hold its last pane and that it is not in yet. */
  #joinAll(entry: number): void {
    const pane = this.entries.lastPaneOf(entry);
    for (const level of viewerSpans)
      if (!this.#isIn(entry, level) && this.levelOf(level).holds(pane)) this.#join(entry, level);
  }

  #leaveAll(entry: number): void {
    for (const level of viewerSpans) if (this.#isIn(entry, level)) this.#leave(entry, level);
  }

  #attach(entry: number): void {
    const alone = this.#networks.attach(entry);
    if (alone === 0) return;
    const group = this.entries.groupOf(alone);
    for (const level of viewerSpans)
      if (this.#isIn(alone, level))
        this.#networks.join(group, level.index, this.entries.weightOf(alone));
  }

  #removeEntry(entry: number): void {
    this.#networks.detach(entry);
    this.journeys.end(entry);
    this.entries.remove(entry);
  }

  /** Lists the entry under its pane in each window, unless its row is there since it stood for the pane `before`. */
  #scheduleAll(entry: number, before: number): void {
    const last = this.entries.lastPaneOf(entry);
    for (const sums of this.#levels) {
      if (!sums.holds(last)) continue;
      const pane = sums.paneOf(last);
      const isListed = sums.holds(before) && sums.paneOf(before) === pane;
      if (!isListed) sums.expiry.of(pane).push(entry);
    }
  }

  /** O grows by what the network's capped sum grows. */
  #join(entry: number, level: ViewerSpan): void {
    const sums = this.levelOf(level);
    const token = this.entries.tokenOf(entry);
    const weight = this.entries.weightOf(entry);
    const group = this.entries.groupOf(entry);
    const viewers = group === 0 ? 0 : this.#networks.viewersAt(group, level.index);
    const summed = group === 0 ? 0 : this.#networks.weightAt(group, level.index);
    if (group !== 0) this.#networks.join(group, level.index, weight);
    this.entries.turnMember(entry, 1 << level.index);
    sums.visitors[token] = (sums.visitors[token] as number) + 1;
    sums.totalVisitors += 1;
    this.journeys.count(entry, sums, 1);
    if (viewers === 0) sums.networks[token] = (sums.networks[token] as number) + 1;
    const gain = sums.cappedGain(summed, weight);
    sums.effectiveMicro[token] = (sums.effectiveMicro[token] as number) + gain;
    sums.totalMicro += gain;
    sums.cap(token, weight - gain);
  }

  #leave(entry: number, level: ViewerSpan): void {
    const sums = this.levelOf(level);
    this.#returners.leave(entry, sums);
    const token = this.entries.tokenOf(entry);
    const weight = this.entries.weightOf(entry);
    const group = this.entries.groupOf(entry);
    if (group !== 0) this.#networks.leave(group, level.index, weight);
    this.entries.turnMember(entry, 1 << level.index);
    const viewers = group === 0 ? 0 : this.#networks.viewersAt(group, level.index);
    const summed = group === 0 ? 0 : this.#networks.weightAt(group, level.index);
    sums.visitors[token] = (sums.visitors[token] as number) - 1;
    sums.totalVisitors -= 1;
    this.journeys.count(entry, sums, -1);
    if (viewers === 0) sums.networks[token] = (sums.networks[token] as number) - 1;
    const loss = sums.cappedGain(summed, weight);
    sums.effectiveMicro[token] = (sums.effectiveMicro[token] as number) - loss;
    sums.totalMicro -= loss;
    sums.cap(token, loss - weight);
  }

  /** Is the viewer counted in the window? A row may be listed twice under one pane: it leaves once. */
  #isIn(entry: number, { index }: ViewerSpan): boolean {
    return this.entries.isMember(entry, 1 << index);
  }
}
