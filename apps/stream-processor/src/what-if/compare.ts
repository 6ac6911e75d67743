/** How far two boards of one as-of time differ: what was served, and what another formula would have shown. */
export interface StepDifference {
  /** As-of time, ms. */
  readonly at: number;
  /** Share of the first places that hold the same tokens, 0 to 1. */
  readonly overlap: number;
  /** Rank-biased overlap with p = 0.9 (Webber, Moffat, Zobel 2010), normalised to the length compared. */
  readonly rbo: number;
  /** Tokens that would have come in among the first places, and those that would have gone; best first. */
  readonly entrants: readonly string[];
  readonly leavers: readonly string[];
  /** Tokens on both boards that would have stood elsewhere, farthest first. */
  readonly moves: readonly Move[];
}

export interface Move {
  readonly token: string;
  /** Served rank and the other one, from 1. */
  readonly from: number;
  readonly to: number;
}

export interface TotalDifference {
  readonly steps: number;
  /** Steps whose first places would have been the same, order included. */
  readonly unchanged: number;
  readonly overlap: number;
  readonly rbo: number;
  /** By token: in how many steps; most first. */
  readonly entrants: readonly TokenCount[];
  readonly leavers: readonly TokenCount[];
  /** The farthest move of each token, with its time; farthest first. */
  readonly moves: readonly (Move & { readonly at: number })[];
}

export interface TokenCount {
  readonly token: string;
  readonly steps: number;
}

const persistence = 0.9;
const listedMax = 20;
const movesPerStep = 5;

/** @param limit first places that count; the lists may be longer */
export function differenceOf(
  at: number,
  boards: { readonly served: readonly string[]; readonly tried: readonly string[] },
  limit: number,
): StepDifference {
  const { served, tried } = boards;
  const [top, other] = [served.slice(0, limit), tried.slice(0, limit)];
  const [inTop, inOther] = [new Set(top), new Set(other)];
  const places = Math.max(top.length, other.length);
  const common = top.filter((token) => inOther.has(token)).length;
  const rankOf = new Map(served.map((token, index) => [token, index + 1]));
  const moves = other
    .map((token, index) => ({ token, from: rankOf.get(token) ?? 0, to: index + 1 }))
    .filter(({ from, to }) => from > 0 && from !== to)
    .sort(byDistance);
  return {
    at,
    overlap: places === 0 ? 1 : common / places,
    rbo: rankBiasedOverlap(top, other),
    entrants: other.filter((token) => !inTop.has(token)),
    leavers: top.filter((token) => !inOther.has(token)),
    moves: moves.slice(0, movesPerStep),
  };
}

/** 1 for equal lists, 0 for lists without a token in common; the first places weigh most. */
export function rankBiasedOverlap(one: readonly string[], two: readonly string[]): number {
  const depthMax = Math.max(one.length, two.length);
  if (depthMax === 0) return 1;
  const [seenOne, seenTwo] = [new Set<string>(), new Set<string>()];
  let [common, sum, weight, weights] = [0, 0, 1, 0];
  for (let depth = 1; depth <= depthMax; depth += 1) {
    const [left, right] = [one[depth - 1], two[depth - 1]];
    if (left !== undefined) seenOne.add(left);
    if (right !== undefined) seenTwo.add(right);
    if (left !== undefined && seenTwo.has(left)) common += 1;
    if (right !== undefined && right !== left && seenOne.has(right)) common += 1;
    sum += (weight * common) / depth;
    weights += weight;
    weight *= persistence;
  }
  return sum / weights;
}

export function totalOf(steps: readonly StepDifference[]): TotalDifference {
  const mean = (of: (step: StepDifference) => number) =>
    steps.length === 0 ? 1 : steps.reduce((sum, step) => sum + of(step), 0) / steps.length;
  const farthest = new Map<string, Move & { readonly at: number }>();
  for (const { at, moves } of steps) {
    for (const move of moves) {
      const known = farthest.get(move.token);
      if (known === undefined || byDistance(move, known) < 0)
        farthest.set(move.token, { ...move, at });
    }
  }
  return {
    steps: steps.length,
    unchanged: steps.filter(({ rbo }) => rbo === 1).length,
    overlap: mean(({ overlap }) => overlap),
    rbo: mean(({ rbo }) => rbo),
    entrants: counted(steps.map(({ entrants }) => entrants)),
    leavers: counted(steps.map(({ leavers }) => leavers)),
    moves: [...farthest.values()].sort(byDistance).slice(0, listedMax),
  };
}

function counted(lists: readonly (readonly string[])[]): readonly TokenCount[] {
  const counts = new Map<string, number>();
  for (const token of lists.flat()) counts.set(token, (counts.get(token) ?? 0) + 1);
  return [...counts]
    .map(([token, steps]) => ({ token, steps }))
    .sort((a, b) => b.steps - a.steps || (a.token < b.token ? -1 : 1))
    .slice(0, listedMax);
}

function byDistance(a: Move, b: Move): number {
  return (
    Math.abs(b.from - b.to) - Math.abs(a.from - a.to) || a.to - b.to || (a.token < b.token ? -1 : 1)
  );
}
