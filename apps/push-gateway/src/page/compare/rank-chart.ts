import uPlot from 'uplot';
import { isDark } from '../theme.ts';
import type { RankSeries } from './rank-series.ts';

const light = ['#c2410c', '#1d4ed8', '#067647', '#7e22ce', '#a16207'];
const dark = ['#ff8a4c', '#7cabff', '#47d69a', '#d0a2ff', '#e8c547'];

export interface RankPlot {
  readonly names: readonly string[];
  readonly series: RankSeries;
}

/** A line a token, rank 1 on top; draws itself anew when its box or the theme changes. */
export class RankChart {
  readonly #box: HTMLElement;
  #chart: uPlot | undefined;
  #plot: RankPlot | undefined;

  constructor(box: HTMLElement) {
    this.#box = box;
    new ResizeObserver(() => this.#chart?.setSize(sizeOf(box))).observe(box);
    document.addEventListener('theme-change', () => this.#draw());
  }

  show(plot: RankPlot): void {
    this.#plot = plot;
    this.#draw();
  }

  #draw(): void {
    if (this.#plot === undefined) return;
    this.#chart?.destroy();
    this.#chart = new uPlot(optionsFor(this.#box, this.#plot.names), this.#plot.series, this.#box);
  }
}

function sizeOf(box: HTMLElement): { width: number; height: number } {
  return { width: box.clientWidth, height: 280 };
}

function optionsFor(box: HTMLElement, names: readonly string[]): uPlot.Options {
  const [colours, grid, text] = isDark()
    ? [dark, '#222a35', '#8f9bad']
    : [light, '#e9e7e2', '#5f6470'];
  const axis: uPlot.Axis = {
    stroke: text,
    grid: { stroke: grid, width: 1 },
    ticks: { show: false },
    font: '12px ui-sans-serif, system-ui, sans-serif',
  };
  return {
    ...sizeOf(box),
    scales: { y: { dir: -1, range: (_chart, _min, max) => [1, Math.max(10, max)] } },
    axes: [axis, { ...axis, size: 40, values: (_chart, ticks) => ticks.map((rank) => `#${rank}`) }],
    series: [
      {},
      ...names.map((label, index) => ({
        label,
        stroke: colours[index % colours.length] ?? text,
        width: 2,
        spanGaps: true,
        points: { show: false },
        value: (_chart: uPlot, rank: number | null) => (rank === null ? '–' : `#${rank}`),
      })),
    ],
  };
}
