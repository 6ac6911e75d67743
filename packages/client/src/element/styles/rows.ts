import { css } from 'lit';

export const rowStyles = css`
  .board {
    position: relative;
  }
  .board.stale .rows,
  .board.offline .rows,
  .board.reconnecting .rows {
    opacity: 0.62;
    transition: opacity 0.4s 0.3s;
  }
  .head,
  .row {
    display: grid;
    grid-template-columns: 30px 46px minmax(0, 1fr) 116px 104px 84px 104px;
    column-gap: 12px;
    align-items: center;
    padding: 0 16px;
  }
  .head {
    height: 34px;
    color: var(--_muted);
    font-size: 11.5px;
    font-weight: 550;
    letter-spacing: 0.02em;
  }
  .rows {
    position: relative;
    /* The final height from the first paint on: filling rows move nothing below. */
    min-height: calc(var(--rows, 20) * var(--_row));
  }
  .row {
    /* In its place by 'translate' alone: what moves without layout is no layout shift, however often. */
    position: absolute;
    inset: 0 0 auto;
    height: var(--_row);
    /* Rows outside of the window are neither styled nor laid out within; their height is known. */
    content-visibility: auto;
    contain: strict;
    background: var(--_bg);
    border-top: 1px solid var(--_line);
  }
  /* With 'auto', a row that takes another place in the document is found to be near only after a layout without it. */
  .row.near {
    content-visibility: visible;
  }
  .row:last-child {
    border-end-start-radius: var(--_radius);
    border-end-end-radius: var(--_radius);
  }
  .row::before {
    content: '';
    position: absolute;
    inset: 0;
    pointer-events: none;
    opacity: 0;
    /* Its corners are not inherited: with one such property a row that glides has everything in it styled anew at every frame. */
    background: linear-gradient(
      90deg,
      color-mix(in srgb, var(--_up) 16%, transparent),
      transparent 70%
    );
  }
  .row:hover {
    background: color-mix(in srgb, var(--_soft) 60%, var(--_bg));
  }
  .row.highlight {
    background: color-mix(in srgb, var(--_accent) 9%, var(--_bg));
    box-shadow: inset 3px 0 0 var(--_accent);
  }
  .rank {
    color: var(--_muted);
    font-weight: 550;
    text-align: end;
  }
  .row .rank {
    font-size: 15px;
  }
  .podium .rank {
    color: var(--_text);
    font-size: 19px;
    font-weight: 700;
  }
  .move {
    display: inline-block;
    min-width: 34px;
    color: color-mix(in srgb, var(--_muted) 55%, transparent);
    font-size: 12px;
    font-weight: 650;
    text-align: center;
  }
  /* Behind '.move', whose colour they change. */
  .up {
    color: var(--_up);
  }
  .down {
    color: var(--_down);
  }
  .move.new {
    padding: 2px 6px;
    border-radius: 6px;
    background: var(--_accent);
    color: light-dark(#fff, #1b0f07);
    font-size: 10px;
    letter-spacing: 0.05em;
  }
  .number {
    text-align: end;
    white-space: nowrap;
  }
  .number.visitors {
    color: var(--_muted);
  }
  .number small {
    display: block;
    font-size: 11.5px;
  }
  .spark {
    display: block;
    width: 100%;
    height: 30px;
    overflow: visible;
  }
  .spark polyline {
    fill: none;
    stroke: var(--_accent);
    stroke-width: 1.6;
    stroke-linejoin: round;
    stroke-linecap: round;
  }
  .spark polygon {
    fill: var(--_accent);
    opacity: 0.1;
  }
  .head .score {
    text-align: end;
    padding-inline-end: 8px;
  }
  .why-button {
    display: block;
    width: 100%;
    padding: 7px 8px 8px;
    border: 0;
    border-radius: 9px;
    background: none;
    font-weight: 650;
    font-size: 15px;
    text-align: end;
    cursor: help;
  }
  .why-button:hover,
  .why-button[aria-expanded='true'] {
    background: var(--_soft);
  }
  .meter {
    display: block;
    height: 3px;
    margin-top: 4px;
    border-radius: 2px;
    background: linear-gradient(var(--_accent), var(--_accent)) left / calc(0.1% * var(--strength))
      100% no-repeat var(--_line);
  }
`;
