const compactFormat = new Intl.NumberFormat('en', {
  notation: 'compact',
  maximumFractionDigits: 1,
});
const plainFormat = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 12345 → "12.3K"; below 10,000 in full. */
export function compact(value: number): string {
  return Math.abs(value) < 10_000 ? plainFormat.format(value) : compactFormat.format(value);
}

/** Scores of `views` are counts; those of every other formula are points, shown with one decimal. */
export function scoreText(micro: number, formula: string): string {
  const points = micro / 1_000_000;
  return formula === 'views' || Math.abs(points) >= 1_000 ? compact(points) : points.toFixed(1);
}

/** Views beside those of the window before: +25%, −5%, ×12 from eleven times on; empty without a change or a before. */
export function changeText(views: number, before: number): string {
  if (before === 0) return '';
  const percent = Math.round((views / before - 1) * 100);
  if (percent === 0) return '';
  if (percent >= 1_000) return `×${compact(views / before)}`;
  return `${percent > 0 ? '+' : '−'}${Math.abs(percent)}%`;
}

/** 0x6982…1933; short ones stay whole. */
export function shortAddress(address: string): string {
  return address.length <= 13 ? address : `${address.slice(0, 6)}…${address.slice(-4)}`;
}

/** 38 ms, 1.4 s. */
export function durationText(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** A steady hue, 0–359, for a name: the same token has the same colour everywhere. */
export function hueOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return (hash >>> 0) % 360;
}

/** The one or two letters that stand for a token without a logo. */
export function monogram(text: string): string {
  return [...text.replace(/[^\p{L}\p{N}]/gu, '')].slice(0, 2).join('').toUpperCase() || '?';
}
