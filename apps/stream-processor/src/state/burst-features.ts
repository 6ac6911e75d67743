import type { Candidate } from '@trending/schemas';
import { burstOnset } from '../domain/burst-onset.ts';
import { hourMs, minutesInHour, visitDispersion } from '../domain/hour-rules.ts';
import type { TokenHistory } from './hour-history.ts';
import type { PaneCells } from './pane-cells.ts';

const micro = 1_000_000;
/** Over-dispersion of a token without a past, and how many hours that is worth. */
const usualPhi = { value: 0.1, hours: 48 };
/** A token without a past is taken to get a view an hour; how many hours that is worth. */
const usualViews = { value: 1, hours: 3 };
/** Fewer views since its beginning are no burst. */
const viewsMin = 12;

const none = { burstMicro: 0, burstStart: 0 };

/** Since when a token gets unusually many views: its panes of the window and the period before against its own completed hours. */
export function burstOf(
  cells: PaneCells,
  token: number,
  history: Pick<TokenHistory, 'histH' | 'histMinutes' | 'histWeight' | 'phiSum' | 'phiCount'>,
): Pick<Candidate, 'burstMicro' | 'burstStart'> {
  const { level, runningPane } = cells;
  // Most tokens are quiet: no onset of theirs can have views enough.
  if ((cells.current[token] as number) + (cells.previous[token] as number) < viewsMin) return none;
  const oldest = runningPane - 2 * level.paneCount;
  const hourly = usualHour(history);
  const scale = visitDispersion * (1 + dispersion(history) * hourly);
  const usual = Math.floor((hourly * level.paneSizeMs * micro) / (hourMs * scale));
  const { steps, views } = viewsByStep(cells, token, oldest);
  const counts = views.map((count) => Math.floor((count * micro) / scale));
  const { zMicro, start } = burstOnset({ steps, counts, length: 2 * level.paneCount + 1 }, usual);
  if (start < 0) return none;
  let since = 0;
  for (let i = steps.length - 1; i >= 0 && (steps[i] as number) >= start; i -= 1)
    since += views[i] as number;
  if (since < viewsMin) return none;
  return { burstMicro: zMicro, burstStart: (oldest + start) * level.paneSizeMs };
}

/** Panes with views, oldest first, counted from the oldest one; those ahead of time stand in the running one. */
function viewsByStep(cells: PaneCells, token: number, oldest: number) {
  const [steps, views]: [number[], number[]] = [[], []];
  cells.readAll(token, (pane, count) => {
    const step = Math.max(0, Math.min(pane, cells.runningPane) - oldest);
    if (steps.at(-1) !== step) {
      steps.push(step);
      views.push(count);
    } else views.push((views.pop() as number) + count);
  });
  return { steps: steps.reverse(), views: views.reverse() };
}

/** Usual views of an hour. */
function usualHour({
  histH,
  histMinutes,
  histWeight,
}: Pick<TokenHistory, 'histH' | 'histMinutes' | 'histWeight'>): number {
  const mean = histWeight === 0 ? 0 : histH / histWeight;
  const hours = histMinutes / minutesInHour;
  return (hours * mean + usualViews.hours * usualViews.value) / (hours + usualViews.hours);
}

function dispersion({ phiSum, phiCount }: Pick<TokenHistory, 'phiSum' | 'phiCount'>): number {
  const { value, hours } = usualPhi;
  return Math.max(value, (phiSum / micro + hours * value) / (phiCount + hours));
}
