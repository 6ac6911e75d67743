import { css } from 'lit';

/** The public custom properties (`--trending-*`) with their defaults for light and dark. */
export const theme = css`
  :host {
    color-scheme: light dark;
    --_bg: var(--trending-surface, light-dark(#ffffff, #12161d));
    --_soft: var(--trending-soft, light-dark(#f4f3f0, #1a2029));
    --_line: var(--trending-line, light-dark(#e9e7e2, #222a35));
    --_text: var(--trending-text, light-dark(#15171c, #e9eef5));
    --_muted: var(--trending-muted, light-dark(#666b76, #8f9bad));
    --_accent: var(--trending-accent, light-dark(#d9480f, #ff8a4c));
    --_up: var(--trending-up, light-dark(#067647, #47d69a));
    --_down: var(--trending-down, light-dark(#b42318, #ff8078));
    --_radius: var(--trending-radius, 16px);
    --_row: var(--trending-row-height, 60px);
    --_font: var(
      --trending-font,
      -apple-system,
      'Segoe UI',
      Roboto,
      Arial,
      sans-serif
    );
    --_mono: ui-monospace, Menlo, Consolas, monospace;
    display: block;
    color: var(--_text);
    font: 400 14px / 1.35 var(--_font);
    font-variant-numeric: tabular-nums;
    text-align: start;
  }
  :host([theme='light']) {
    color-scheme: light;
  }
  :host([theme='dark']) {
    color-scheme: dark;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }
  button,
  select,
  input {
    font: inherit;
    color: inherit;
  }
  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .frame {
    position: relative;
    container-type: inline-size;
    background: var(--_bg);
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
  }
`;
