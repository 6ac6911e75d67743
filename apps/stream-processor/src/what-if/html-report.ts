import type { StepDifference, TokenCount } from './compare.ts';
import { type Asked, percent, timeOf } from './report.ts';
import type { WhatIfResult } from './what-if.ts';

const plot = { width: 960, height: 220, left: 40, top: 10, bottom: 24 };

/** One page without scripts or foreign parts: totals, both overlaps over time, who comes and goes. */
export function whatIfHtml(result: WhatIfResult, asked: Asked): string {
  const { tried, against, versions, total, steps } = result;
  const title = `What if ${tried.id} instead of ${against}?`;
  const moves = total.moves.map(
    ({ token, from, to, at }) =>
      `<tr><td>${safe(token)}</td><td>${from} → ${to}</td><td>${timeOf(at)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${safe(title)}</title>
<style>body{font:15px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
table{border-collapse:collapse;margin:1rem 0}td,th{padding:.2rem .8rem .2rem 0;text-align:left}svg{width:100%;height:auto}
.rbo{stroke:#0b6bcb}.overlap{stroke:#b45309}path{fill:none;stroke-width:1.5}text{font-size:11px;fill:#57606a}line{stroke:#d0d7de}</style>
<h1>${safe(title)}</h1>
<p>First ${asked.limit} of the ${safe(asked.window)} board, scope ${safe(asked.scope)}; ${safe(against)} version ${versions.join(', ')} was served.
${total.steps} looks, ${total.unchanged} without any change. Overlap ${percent(total.overlap)}, rank-biased overlap ${total.rbo.toFixed(3)}.</p>
${plotOf(steps)}
<h2>Would come in</h2>${countTable(total.entrants)}
<h2>Would go</h2>${countTable(total.leavers)}
<h2>Farthest moves</h2><table><tr><th>token</th><th>rank</th><th>at</th></tr>${moves.join('')}</table>
</html>
`;
}

function plotOf(steps: readonly StepDifference[]): string {
  const [first, last] = [steps[0]?.at ?? 0, steps.at(-1)?.at ?? 0];
  const { width, height, left, top, bottom } = plot;
  const x = (at: number) => left + ((at - first) / Math.max(1, last - first)) * (width - left);
  const y = (share: number) => top + (1 - share) * (height - top - bottom);
  const path = (of: (step: StepDifference) => number) =>
    steps
      .map((step, i) => `${i === 0 ? 'M' : 'L'}${x(step.at).toFixed(1)} ${y(of(step)).toFixed(1)}`)
      .join('');
  const grid = [0, 0.5, 1].map(
    (share) =>
      `<line x1="${left}" x2="${width}" y1="${y(share)}" y2="${y(share)}"/><text x="0" y="${y(share) + 4}">${share}</text>`,
  );
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Overlap (brown) and rank-biased overlap (blue) over time">
${grid.join('')}<path class="overlap" d="${path(({ overlap }) => overlap)}"/><path class="rbo" d="${path(({ rbo }) => rbo)}"/>
<text x="${left}" y="${height - 6}">${timeOf(first)}</text><text x="${width - 160}" y="${height - 6}">${timeOf(last)}</text></svg>
<p>Blue: rank-biased overlap. Brown: overlap. 1 = the board that was served.</p>`;
}

function countTable(counts: readonly TokenCount[]): string {
  if (counts.length === 0) return '<p>None.</p>';
  const rows = counts.map(
    ({ token, steps }) => `<tr><td>${safe(token)}</td><td>${steps}</td></tr>`,
  );
  return `<table><tr><th>token</th><th>looks</th></tr>${rows.join('')}</table>`;
}

function safe(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
