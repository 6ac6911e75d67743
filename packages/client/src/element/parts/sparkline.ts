import { html, nothing, svg, type TemplateResult } from 'lit';

const width = 100;
const height = 28;
const inset = 2;

/** The polyline through the values, scaled to the box; a flat series lies on the ground. */
export function sparklinePoints(values: readonly number[]): string {
  const top = Math.max(1, ...values);
  const step = width / Math.max(1, values.length - 1);
  return values
    .map((value, i) => {
      const y = height - inset - (value / top) * (height - 2 * inset);
      return `${(i * step).toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}

/** Views per part of the window as a small area chart; decoration, so hidden from screen readers. */
export function sparkline(values: readonly number[]): TemplateResult | typeof nothing {
  if (values.length < 2) return nothing;
  const points = sparklinePoints(values);
  return html`<svg
    class="spark"
    part="sparkline"
    viewBox="0 0 ${width} ${height}"
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    ${svg`<polygon points="0,${height} ${points} ${width},${height}" />
      <polyline points=${points} vector-effect="non-scaling-stroke" />`}
  </svg>`;
}
