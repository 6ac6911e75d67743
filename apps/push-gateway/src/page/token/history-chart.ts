import uPlot from 'uplot';
import { isDark } from '../theme.ts';
import type { HistorySeries } from './history-series.ts';

/** Views, visitors and best rank over time; draws itself anew when its box or the theme changes. */
export class HistoryChart {
  readonly #box: HTMLElement;
  readonly #observer: ResizeObserver;
  #chart: uPlot | undefined;
  #series: HistorySeries | undefined;

  constructor(box: HTMLElement) {
    this.#box = box;
    this.#observer = new ResizeObserver(() => this.#chart?.setSize(sizeOf(box)));
    this.#observer.observe(box);
    document.addEventListener('theme-change', this.#redraw);
  }

  show(series: HistorySeries): void {
    this.#series = series;
    if (this.#chart === undefined) this.#redraw();
    else this.#chart.setData(series);
  }

  close(): void {
    this.#observer.disconnect();
    document.removeEventListener('theme-change', this.#redraw);
    this.#chart?.destroy();
    this.#chart = undefined;
  }

  readonly #redraw = (): void => {
    if (this.#series === undefined) return;
    this.#chart?.destroy();
    this.#chart = new uPlot(optionsFor(this.#box), this.#series, this.#box);
  };
}

function sizeOf(box: HTMLElement): { width: number; height: number } {
  return { width: box.clientWidth, height: 280 };
}

function optionsFor(box: HTMLElement): uPlot.Options {
  const colours = isDark()
    ? { accent: '#ff8a4c', visitors: '#8f9bad', rank: '#47d69a', grid: '#222a35', text: '#8f9bad' }
    : { accent: '#d9480f', visitors: '#8a8f9b', rank: '#067647', grid: '#e9e7e2', text: '#5f6470' };
  const axis: uPlot.Axis = {
    stroke: colours.text,
    grid: { stroke: colours.grid, width: 1 },
    ticks: { show: false },
    font: '12px ui-sans-serif, system-ui, sans-serif',
  };
  return {
    ...sizeOf(box),
    cursor: { points: { size: 7 } },
    legend: { live: true },
    scales: { rank: { dir: -1, range: (_chart, _min, max) => [1, Math.max(10, max)] } },
    axes: [
      axis,
      { ...axis, size: 48 },
      { ...axis, scale: 'rank', side: 1, size: 40, grid: { show: false } },
    ],
    series: [
      {},
      { label: 'Views', stroke: colours.accent, width: 1.75, fill: `${colours.accent}1f` },
      { label: 'Visitors', stroke: colours.visitors, width: 1.25 },
      {
        label: 'Best rank',
        scale: 'rank',
        stroke: colours.rank,
        width: 1.5,
        dash: [5, 4],
        points: { show: false },
      },
    ],
  };
}
