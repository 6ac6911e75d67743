import { css } from 'lit';

export const toolbarStyles = css`
  .toolbar {
    display: flex;
    flex-wrap: wrap;
    gap: 10px;
    align-items: center;
    padding: 14px 16px;
    border-bottom: 1px solid var(--_line);
  }
  .tabs {
    display: inline-flex;
    padding: 3px;
    gap: 2px;
    border-radius: 10px;
    background: var(--_soft);
  }
  .tabs button,
  .radio span {
    display: block;
    padding: 5px 12px;
    border: 0;
    border-radius: 8px;
    background: none;
    color: var(--_muted);
    font-weight: 550;
    font-size: 13px;
    cursor: pointer;
    white-space: nowrap;
    transition:
      background-color 0.15s,
      color 0.15s;
  }
  .tabs button:hover,
  .radio:hover span {
    color: var(--_text);
  }
  .tabs button[aria-selected='true'],
  .radio input:checked + span {
    background: light-dark(#fff, #2b3442);
    color: var(--_text);
    box-shadow:
      0 0 0 1px light-dark(rgb(0 0 0 / 5%), rgb(255 255 255 / 7%)),
      0 1px 3px light-dark(rgb(0 0 0 / 10%), rgb(0 0 0 / 50%));
  }
  .radio {
    position: relative;
  }
  .radio input {
    position: absolute;
    inset: 0;
    margin: 0;
    opacity: 0;
    cursor: pointer;
  }
  .radio input:focus-visible + span {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }
  .filters {
    display: flex;
    gap: 8px;
    min-width: 0;
  }
  select {
    appearance: none;
    width: 132px;
    min-width: 0;
    padding: 6px 26px 6px 11px;
    border: 1px solid var(--_line);
    border-radius: 10px;
    background:
      linear-gradient(45deg, transparent 50%, var(--_muted) 50%) right 13px center / 5px 5px
        no-repeat,
      linear-gradient(-45deg, transparent 50%, var(--_muted) 50%) right 9px center / 5px 5px
        no-repeat,
      var(--_bg);
    font-size: 13px;
    text-overflow: ellipsis;
    cursor: pointer;
  }
  select:hover {
    border-color: var(--_muted);
  }
  select.chosen {
    border-color: var(--_accent);
    color: var(--_accent);
  }
  option {
    background: var(--_bg);
    color: var(--_text);
  }
  .pill {
    --_dot: var(--_muted);
    display: inline-flex;
    align-items: center;
    gap: 7px;
    min-width: 92px;
    margin-inline-start: auto;
    padding: 5px 11px;
    border-radius: 99px;
    background: color-mix(in srgb, var(--_dot) 11%, transparent);
    font-size: 12.5px;
    font-weight: 600;
    white-space: nowrap;
  }
  .pill i {
    width: 8px;
    height: 8px;
    border-radius: 50%;
    background: var(--_dot);
  }
  .pill.live {
    --_dot: var(--_up);
  }
  .pill.stale {
    --_dot: light-dark(#b54708, #fdb022);
  }
  .pill.offline,
  .pill.reconnecting {
    --_dot: var(--_down);
  }
  .latency {
    padding-inline-start: 8px;
    border-inline-start: 1px solid var(--_line);
  }
  .latency small {
    color: var(--_muted);
    font-size: 11.5px;
    font-weight: 450;
  }
  @media (prefers-reduced-motion: no-preference) {
    .pill.live i {
      animation: beat 2s ease-out infinite;
    }
    .pill.connecting i,
    .pill.reconnecting i {
      animation: blink 1s ease-in-out infinite alternate;
    }
  }
  @keyframes beat {
    from {
      box-shadow: 0 0 0 0 color-mix(in srgb, var(--_dot) 60%, transparent);
    }
    70%,
    to {
      box-shadow: 0 0 0 7px transparent;
    }
  }
  @keyframes blink {
    to {
      opacity: 0.25;
    }
  }
`;
