import { trackedViewersMax } from '../domain/counting-rules.ts';
import { longestLevel, type ViewerSpan, viewerSpans } from '../domain/window-level.ts';
import { grown, RowList } from './columns.ts';
import { NetworkShares } from './network-shares.ts';
import { ViewerEntries, type ViewerSighting } from './viewer-entries.ts';

/** Per token: visitors U, networks D and effective visitors O (micro) of one window. */
export class LevelSums {
  visitors = new Uint32Array(64);
  networks = new Uint32Array(64);
  effectiveMicro = new Float64Array(64);
  /** Sum of `effectiveMicro` over all tokens. */
  totalMicro = 0;
  /** First pane of the window at the horizon. */
  firstPane = 0;
  /** Entries by the pane of their last view; an entry that was seen again since is also in a later list. */
  readonly expiry = new Map<number, RowList>();
  /** The list asked for last: views come by time, so the next one asks for the same. */
  #listedPane = Number.NaN;
  #listed = new RowList();

  /** The sums of one token. */
  of(token: number): { visitors: number; networks: number; effective: number } {
    return {
      visitors: this.visitors[token] as number,
      networks: this.networks[token] as number,
      effective: this.effectiveMicro[token] as number,
    };
  }

  /** Entries whose last view is in this pane. */
  listOf(pane: number): RowList {
    if (pane === this.#listedPane) return this.#listed;
    this.#listed = this.expiry.get(pane) ?? new RowList();
    this.#listedPane = pane;
    this.expiry.set(pane, this.#listed);
    return this.#listed;
  }

  /** Forgets a pane that is over. */
  dropList(pane: number): void {
    this.expiry.delete(pane);
    if (pane === this.#listedPane) this.#listedPane = Number.NaN;
  }

  reserve(tokens: number): void {
    this.visitors = grown(this.visitors, tokens);
    this.networks = grown(this.networks, tokens);
    this.effectiveMicro = grown(this.effectiveMicro, tokens);
  }
}

/** A finest pane before all others: of a viewer not seen yet. */
const never = -1;

/** Distinct viewers and networks per (token, window), kept up to date view by view and pane by pane; all sums are integers. */
export class ViewerLevels {
  readonly entries = new ViewerEntries();
  readonly #networks = new NetworkShares(this.entries);
  readonly #levels: readonly LevelSums[] = viewerSpans.map(() => new LevelSums());
  /** Sightings of viewers beyond `trackedViewersMax` of a token. */
  untracked = 0;

  /** Tracked (token, viewer) pairs. */
  size(): number {
    return this.entries.size();
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
    this.#joinAll(entry);
    this.#scheduleAll(entry, never);
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
