import type { RankLine, RankSeries } from './rank-series.ts';

/** Where the drawing is inside the picture, px. */
const frame = { width: 1200, left: 92, right: 92, top: 92, bottom: 56, rowHeight: 46 } as const;
const dayMs = 86_400_000;
/** Distinct on white, for common kinds of colour blindness too (Paul Tol's muted set, Okabe and Ito). */
const colours = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#882255',
  '#e69f00',
  '#56b4e9',
  '#332288',
  '#999933',
  '#555555',
] as const;

export interface SvgSettings {
  readonly title: string;
  readonly subtitle: string;
  readonly ranksMax: number;
}

interface Scale {
  x(at: number): number;
  y(rank: number): number;
  readonly height: number;
}

/** A bump chart: a line a token, its height is its rank. One text, the same for the same series. */
export function rankSvg(series: RankSeries, settings: SvgSettings): string {
  const scale = scaleOf(series, settings.ranksMax);
  const { width } = frame;
  const lines = series.lines.flatMap((line, i) => lineMarks(line, { scale, colour: colourOf(i) }));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${scale.height}" font-family="system-ui, sans-serif" role="img" aria-label="${escaped(settings.title)}">`,
    `<rect width="${width}" height="${scale.height}" fill="#ffffff"/>`,
    `<text x="${frame.left}" y="36" font-size="20" font-weight="600" fill="#1a1a1a">${escaped(settings.title)}</text>`,
    `<text x="${frame.left}" y="60" font-size="13" fill="#555555">${escaped(settings.subtitle)}</text>`,
    ...dayMarks(series, scale),
    ...rankMarks(settings.ranksMax, scale),
    ...lines,
    '</svg>',
    '',
  ].join('\n');
}

function scaleOf({ times }: RankSeries, ranksMax: number): Scale {
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 1];
  const span = Math.max(1, last - first);
  const inner = frame.width - frame.left - frame.right;
  return {
    x: (at) => round(frame.left + ((at - first) / span) * inner),
    y: (rank) => round(frame.top + (rank - 1) * frame.rowHeight),
    height: frame.top + (ranksMax - 1) * frame.rowHeight + frame.bottom,
  };
}

function lineMarks(
  { token, points }: RankLine,
  { scale, colour }: { readonly scale: Scale; readonly colour: string },
): string[] {
  const marks = runsOf(points).flatMap((run) => {
    const places = run.map(({ at, rank }) => ({ x: scale.x(at), y: scale.y(rank) }));
    const [only] = places;
    if (places.length === 1 && only !== undefined)
      return [`<circle cx="${only.x}" cy="${only.y}" r="3" fill="${colour}"/>`];
    // The wider white line below keeps crossings legible.
    const path = (stroke: string, width: number) =>
      `<path d="${pathOf(places)}" fill="none" stroke="${stroke}" stroke-width="${width}" stroke-linejoin="round" stroke-linecap="round"/>`;
    return [path('#ffffff', 7), path(colour, 3)];
  });
  return [
    `<g><title>${escaped(token)}</title>`,
    ...marks,
    ...labels(points, { token, scale, colour }),
    '</g>',
  ];
}

function labels(
  points: RankLine['points'],
  { token, scale, colour }: { token: string; scale: Scale; colour: string },
): string[] {
  const name = escaped(token.slice(token.indexOf(':') + 1));
  const text = (rank: number | undefined, side: { x: number; anchor: string }) =>
    rank === undefined
      ? []
      : [
          `<text x="${side.x}" y="${scale.y(rank) + 5}" text-anchor="${side.anchor}" font-size="14" font-weight="600" fill="${colour}">${name}</text>`,
        ];
  return [
    ...text(points[0]?.rank, { x: frame.left - 12, anchor: 'end' }),
    ...text(points.at(-1)?.rank, { x: frame.width - frame.right + 12, anchor: 'start' }),
  ];
}

type Placed = { readonly at: number; readonly rank: number };

/** Parts of a line between absences from the board. */
function runsOf(points: RankLine['points']): Placed[][] {
  const runs: Placed[][] = [[]];
  for (const { at, rank } of points) {
    if (rank === undefined) runs.push([]);
    else runs.at(-1)?.push({ at, rank });
  }
  return runs.filter((run) => run.length > 0);
}

/** Level at every point, with a smooth change between two. */
function pathOf(places: readonly { x: number; y: number }[]): string {
  const [first, ...rest] = places;
  if (first === undefined) return '';
  let [x, y] = [first.x, first.y];
  const steps = rest.map((next) => {
    const middle = round((x + next.x) / 2);
    const step =
      next.y === y ? `H${next.x}` : `C${middle},${y} ${middle},${next.y} ${next.x},${next.y}`;
    [x, y] = [next.x, next.y];
    return step;
  });
  return `M${first.x},${first.y}${steps.join('')}`;
}

/** A line for every day, a date for about a dozen of them; UTC. */
function dayMarks({ times }: RankSeries, scale: Scale): string[] {
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 0];
  const days: number[] = [];
  for (let at = Math.ceil(first / dayMs) * dayMs; at <= last; at += dayMs) days.push(at);
  const labelEvery = Math.max(1, Math.ceil(days.length / 12));
  const bottom = scale.height - frame.bottom + 24;
  return days.flatMap((at, i) => {
    const isLabelled = i % labelEvery === 0;
    const line = `<line x1="${scale.x(at)}" x2="${scale.x(at)}" y1="${frame.top - 18}" y2="${bottom - 8}" stroke="${isLabelled ? '#d0d0d0' : '#efefef'}"/>`;
    if (!isLabelled) return [line];
    const date = new Date(at).toISOString().slice(0, 10);
    return [
      line,
      `<text x="${scale.x(at)}" y="${bottom + 10}" text-anchor="middle" font-size="12" fill="#555555">${date}</text>`,
    ];
  });
}

function rankMarks(ranksMax: number, scale: Scale): string[] {
  return Array.from({ length: ranksMax }, (_, i) => i + 1).map(
    (rank) => `<text x="16" y="${scale.y(rank) + 5}" font-size="13" fill="#888888">${rank}</text>`,
  );
}

function colourOf(index: number): string {
  return colours[index % colours.length] ?? colours[0];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
