import { css } from 'lit';

export const tokenStyles = css`
  .token {
    display: flex;
    align-items: center;
    gap: 12px;
    min-width: 0;
  }
  .avatar {
    flex: none;
    display: grid;
    place-items: center;
    width: 36px;
    height: 36px;
    border-radius: 11px;
    background: linear-gradient(
      140deg,
      oklch(0.72 0.13 var(--hue, 0)),
      oklch(0.56 0.15 calc(var(--hue, 0) + 40))
    );
    color: #fff;
    font-size: 13px;
    font-weight: 700;
    letter-spacing: 0.02em;
    text-shadow: 0 1px 1px rgb(0 0 0 / 22%);
  }
  .skeleton .avatar {
    background: var(--_soft);
  }
  .names {
    flex: 1;
    min-width: 0;
  }
  .name {
    display: block;
    overflow: hidden;
    color: inherit;
    text-decoration: none;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .name b {
    font-size: 15px;
    font-weight: 650;
  }
  .name span {
    margin-inline-start: 4px;
    color: var(--_muted);
  }
  .name:hover b {
    text-decoration: underline;
    text-underline-offset: 3px;
    text-decoration-thickness: 1px;
  }
  .meta {
    display: flex;
    align-items: center;
    gap: 7px;
    margin-top: 2px;
    color: var(--_muted);
    font-size: 11.5px;
    white-space: nowrap;
  }
  .chain {
    display: inline-flex;
    align-items: center;
    gap: 5px;
    color: light-dark(oklch(0.44 0.1 var(--hue)), oklch(0.82 0.09 var(--hue)));
    font-weight: 550;
  }
  .chain::before {
    content: '';
    width: 6px;
    height: 6px;
    border-radius: 2px;
    background: oklch(0.65 0.16 var(--hue));
  }
  code {
    overflow: hidden;
    font: 11px var(--_mono);
    text-overflow: ellipsis;
  }
  .copy {
    padding: 1px 4px;
    border: 0;
    border-radius: 5px;
    background: none;
    color: inherit;
    font-size: 12px;
    line-height: 1.1;
    opacity: 0;
    cursor: pointer;
    transition: opacity 0.15s;
  }
  .copy svg {
    display: block;
    width: 13px;
    height: 13px;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.4;
  }
  .row:hover .copy,
  .copy:focus-visible {
    opacity: 1;
  }
  @media (hover: none) {
    .copy {
      opacity: 0.7;
    }
  }
  .copy:hover {
    background: var(--_soft);
    color: var(--_text);
  }
  @container (max-width: 560px) {
    .token {
      gap: 9px;
    }
    .name span,
    code,
    .copy {
      display: none;
    }
  }
`;
