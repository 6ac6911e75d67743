import { css } from 'lit';

export const stateStyles = css`
  .skeleton i {
    display: block;
    height: 12px;
    border-radius: 6px;
    background: var(--_soft);
  }
  .skeleton .names i {
    width: 62%;
    margin: 5px 0;
  }
  .skeleton .names i + i {
    width: 40%;
    height: 9px;
  }
  .skeleton .avatar {
    height: 36px;
    border-radius: 11px;
  }
  .state {
    position: absolute;
    inset: 0;
    display: grid;
    align-content: start;
    justify-items: center;
    padding: 88px 24px 24px;
    text-align: center;
  }
  .state[part='error'] {
    position: static;
    min-height: calc(var(--rows, 20) * var(--_row));
  }
  .state b {
    font-size: 16px;
  }
  .state p {
    max-width: 42ch;
    margin: 6px 0 14px;
    color: var(--_muted);
  }
  .retry {
    padding: 7px 16px;
    border: 1px solid var(--_line);
    border-radius: 10px;
    background: var(--_soft);
    cursor: pointer;
  }
`;
