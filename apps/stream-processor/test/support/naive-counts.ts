import { chainOf } from '@trending/schemas';
import type { FoldedView } from '../../src/domain/folded-view.ts';
import { reachesSupportFloor } from '../../src/domain/support-floor.ts';
import type { ViewerSpan, WindowLevel } from '../../src/domain/window-level.ts';

const paneOf = (at: number, size: number) => Math.floor(at / size);
const word = (bytes: Uint8Array) => new DataView(bytes.buffer).getUint32(4);

/** N, N', U, R, D and O of one token, recomputed from all views. */
export function naiveCounts(views: readonly FoldedView[], level: ViewerSpan, asOf: number) {
  const first = paneOf(asOf, level.paneSizeMs) - level.paneCount;
  const age = (view: FoldedView) => paneOf(view.viewedAt, level.paneSizeMs) - first;
  const inWindow = views.filter((view) => age(view) >= 0);
  const last = new Map<number, FoldedView>();
  const rank = (v: FoldedView) => [paneOf(v.viewedAt, 10_000), v.weightMicro, -word(v.network)];
  const panes = new Map<number, Set<number>>();
  for (const view of inWindow) {
    const seen = panes.get(word(view.viewer)) ?? new Set();
    panes.set(word(view.viewer), seen.add(paneOf(view.viewedAt, 10_000)));
    const held = last.get(word(view.viewer));
    if (held === undefined || compare(rank(view), rank(held)) > 0)
      last.set(word(view.viewer), view);
  }
  const byNetwork = Map.groupBy(last.values(), (view) => word(view.network));
  const capped = [...byNetwork.values()].map((group) =>
    Math.min(
      level.networkCapMicro,
      group.reduce((sum, view) => sum + view.weightMicro, 0),
    ),
  );
  const effective = capped.reduce((sum, value) => sum + value, 0);
  const weight = [...last.values()].reduce((sum, view) => sum + view.weightMicro, 0);
  return {
    views: inWindow.length,
    viewsPrev: views.filter((view) => age(view) < 0 && age(view) >= -level.paneCount).length,
    visitors: last.size,
    returners: [...panes.values()].filter(({ size }) => size > 1).length,
    networks: byNetwork.size,
    effective,
    capped: weight - effective,
  };
}

/** What is counted of a token in the shorter periods of a window. */
export function naiveHorizons(views: readonly FoldedView[], level: WindowLevel, asOf: number) {
  const counts = level.horizons.map((span) => naiveCounts(views, span, asOf));
  return {
    horizons: counts.map(({ effective }) => effective),
    horizonVisitors: counts.map(({ visitors }) => visitors),
    horizonReturners: counts.map(({ returners }) => returners),
  };
}

/** All tokens with views in the window, their scopes' totals, and those that must be shipped. */
export function naiveBoard(
  views: readonly FoldedView[],
  { level, asOf, top, categoriesOf }: NaiveBoardSettings,
) {
  const tokens = [...Map.groupBy(views, (view) => view.token)]
    .map(([token, own]) => ({ token, ...naiveCounts(own, level, asOf) }))
    .filter((counts) => counts.views > 0);
  const scopesOf = (token: string) => [
    'all',
    `chain:${chainOf(token)}`,
    ...categoriesOf(token).map((category) => `category:${category}`),
  ];
  const scopes = new Set(['all', ...tokens.flatMap(({ token }) => scopesOf(token))]);
  const shipped = new Set<string>();
  const totals = [...scopes].sort().map((scope) => {
    const members = tokens.filter(({ token }) => scopesOf(token).includes(scope));
    const sum = (pick: (t: (typeof tokens)[0]) => number) =>
      members.reduce((s, t) => s + pick(t), 0);
    const effective = sum((t) => t.effective);
    const best = members.toSorted(
      (a, b) => b.views - a.views || b.effective - a.effective || (a.token < b.token ? -1 : 1),
    );
    for (const { token } of best.slice(0, top)) shipped.add(token);
    for (const t of members)
      if (reachesSupportFloor(level.name, t.effective, effective)) shipped.add(t.token);
    return { scope, tokens: members.length, views: sum((t) => t.views), effective };
  });
  return { totals, tokens, shipped: [...shipped].sort() };
}

export interface NaiveBoardSettings {
  readonly level: WindowLevel;
  readonly asOf: number;
  readonly top: number;
  readonly categoriesOf: (token: string) => readonly string[];
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return (a[i] ?? 0) - (b[i] ?? 0);
  return 0;
}
