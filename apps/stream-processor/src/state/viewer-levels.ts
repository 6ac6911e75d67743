import { trackedViewersMax } from '../domain/counting-rules.ts';
import { longestLevel, type ViewerSpan, viewerSpans } from '../domain/window-level.ts';
import { LevelSums } from './level-sums.ts';
import { NetworkShares } from './network-shares.ts';
import { ViewerEntries, type ViewerSighting } from './viewer-entries.ts';

/** Distinct viewers and networks per (token, window), kept up to date view by view and pane by pane; all sums are integers. */
export class ViewerLevels {
  readonly entries = new ViewerEntries();
  readonly #networks = new NetworkShares(this.entries);
  readonly #levels: readonly LevelSums[] = viewerSpans.map((span) => new LevelSums(span));
  /** Sightings of viewers beyond `trackedViewersMax` of a token. */
  untracked = 0;

  /** Tracked (token, viewer) pairs. */
  size(): number {
    return this.entries.size();
  }

  /**
   * Takes in a viewer as another store kept it, each once and into an empty store; token by token is fastest. Counts from
   * {@link finishLoading} on.
   */
  load(sighting: Readonly<ViewerSighting>): void {
    if (this.#isMember(sighting.pane, longestLevel)) this.entries.append(sighting);
  }

  /** @throws RangeError when viewers were loaded that no store can have kept */
  finishLoading(): void {
    const { entries } = this;
    entries.indexAll();
    this.#networks.attachAll();
    for (let entry = 1; entry < entries.end(); entry += 1) this.#enterAll(entry);
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

  /** Takes in a counted view. */
  add(sighting: Readonly<ViewerSighting>): void {
    if (!this.#isMember(sighting.pane, longestLevel)) return;
    const entry = this.entries.find(sighting);
    if (entry === 0) this.#addEntry(sighting);
    else if (this.entries.isExceededBy(entry, sighting)) this.#refresh(entry, sighting);
  }

  /** Moves a level's window to start at `firstPane`, never back; calls `touched` for each token that loses a visitor. */
  advance(level: ViewerSpan, firstPane: number, touched: (token: number) => void): void {
    const sums = this.levelOf(level);
    if (firstPane <= sums.firstPane) return;
    sums.firstPane = firstPane;
    for (const [pane, list] of sums.expiry) {
      if (pane >= firstPane) continue;
      sums.dropList(pane);
      for (let i = 0; i < list.length; i += 1) {
        const entry = list.rows[i] as number;
        if (this.#lastPane(entry, level) !== pane) continue;
        touched(this.entries.tokens[entry] as number);
        this.#leave(entry, level);
        if (level === longestLevel) this.#removeEntry(entry);
      }
    }
  }

  #addEntry(sighting: Readonly<ViewerSighting>): void {
    const tracked = this.levelOf(longestLevel).visitors[sighting.token] as number;
    if (tracked >= trackedViewersMax) {
      this.untracked += 1;
      return;
    }
    const entry = this.entries.add(sighting);
    this.#attach(entry);
    this.#enterAll(entry);
  }

  /** Joins and lists a viewer that is in no window yet. */
  #enterAll(entry: number): void {
    const last = this.entries.lastPanes[entry] as number;
    for (const sums of this.#levels) {
      const pane = paneOf(last, sums.span);
      if (pane < sums.firstPane) continue;
      this.#join(entry, sums.span);
      sums.listOf(pane).push(entry);
    }
  }

  #refresh(entry: number, sighting: Readonly<ViewerSighting>): void {
    const before = this.entries.lastPanes[entry] as number;
    if (this.entries.hasSameShare(entry, sighting)) {
      this.entries.set(entry, sighting);
      for (const level of viewerSpans) {
        const isMember = this.#isMember(sighting.pane, level);
        if (isMember && !this.#isMember(before, level)) this.#join(entry, level);
      }
    } else {
      this.#leaveAll(entry);
      this.#networks.detach(entry);
      this.entries.set(entry, sighting);
      this.#attach(entry);
      this.#joinAll(entry);
    }
    this.#scheduleAll(entry, before);
  }

  #joinAll(entry: number): void {
    const pane = this.entries.lastPanes[entry] as number;
    for (const level of viewerSpans) if (this.#isMember(pane, level)) this.#join(entry, level);
  }

  #leaveAll(entry: number): void {
    const pane = this.entries.lastPanes[entry] as number;
    for (const level of viewerSpans) if (this.#isMember(pane, level)) this.#leave(entry, level);
  }

  #attach(entry: number): void {
    const alone = this.#networks.attach(entry);
    if (alone === 0) return;
    const group = this.entries.groups[alone] as number;
    const pane = this.entries.lastPanes[alone] as number;
    for (const level of viewerSpans)
      if (this.#isMember(pane, level))
        this.#networks.join(group, level.index, this.entries.weights[alone] as number);
  }

  #removeEntry(entry: number): void {
    this.#networks.detach(entry);
    this.entries.remove(entry);
  }

  /** Lists the entry under its pane in each window, unless it is there since `before`: twice would make it leave twice. */
  #scheduleAll(entry: number, before: number): void {
    const last = this.entries.lastPanes[entry] as number;
    for (const level of viewerSpans) {
      if (!this.#isMember(last, level)) continue;
      const isListed =
        this.#isMember(before, level) && paneOf(before, level) === paneOf(last, level);
      if (!isListed) this.#schedule(entry, level);
    }
  }

  #schedule(entry: number, level: ViewerSpan): void {
    this.levelOf(level).listOf(this.#lastPane(entry, level)).push(entry);
  }

  /** O grows by what the network's capped sum grows. */
  #join(entry: number, level: ViewerSpan): void {
    const sums = this.levelOf(level);
    const token = this.entries.tokens[entry] as number;
    const weight = this.entries.weights[entry] as number;
    const group = this.entries.groups[entry] as number;
    const viewers = group === 0 ? 0 : this.#networks.viewersAt(group, level.index);
    const summed = group === 0 ? 0 : this.#networks.weightAt(group, level.index);
    if (group !== 0) this.#networks.join(group, level.index, weight);
    sums.visitors[token] = (sums.visitors[token] as number) + 1;
    if (viewers === 0) sums.networks[token] = (sums.networks[token] as number) + 1;
    const gain = cappedGain(summed, weight, level);
    sums.effectiveMicro[token] = (sums.effectiveMicro[token] as number) + gain;
    sums.totalMicro += gain;
  }

  #leave(entry: number, level: ViewerSpan): void {
    const sums = this.levelOf(level);
    const token = this.entries.tokens[entry] as number;
    const weight = this.entries.weights[entry] as number;
    const group = this.entries.groups[entry] as number;
    if (group !== 0) this.#networks.leave(group, level.index, weight);
    const viewers = group === 0 ? 0 : this.#networks.viewersAt(group, level.index);
    const summed = group === 0 ? 0 : this.#networks.weightAt(group, level.index);
    sums.visitors[token] = (sums.visitors[token] as number) - 1;
    if (viewers === 0) sums.networks[token] = (sums.networks[token] as number) - 1;
    const loss = cappedGain(summed, weight, level);
    sums.effectiveMicro[token] = (sums.effectiveMicro[token] as number) - loss;
    sums.totalMicro -= loss;
  }

  #isMember(finestPane: number, level: ViewerSpan): boolean {
    return paneOf(finestPane, level) >= this.levelOf(level).firstPane;
  }

  #lastPane(entry: number, level: ViewerSpan): number {
    return paneOf(this.entries.lastPanes[entry] as number, level);
  }
}

/** The level's pane that holds a finest pane; -1 stays below every pane. */
function paneOf(finestPane: number, level: ViewerSpan): number {
  return Math.floor(finestPane / level.finestPerPane);
}

/** What a viewer's weight adds on top of the summed weight of its network, under the network's cap; micro. */
function cappedGain(summed: number, weight: number, level: ViewerSpan): number {
  const cap = level.networkCapMicro;
  return Math.min(summed + weight, cap) - Math.min(summed, cap);
}
