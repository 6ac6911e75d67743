import { css } from 'lit';

/** What gives way, and in which order, when the element gets narrow. Comes after all other styles. */
export const narrowStyles = css`
  @container (max-width: 1000px) {
    .pill .latency small {
      display: none;
    }
  }
  @container (max-width: 890px) {
    .pill {
      order: 1;
    }
    .filters {
      order: 2;
      flex-basis: 100%;
    }
  }
  @container (max-width: 780px) {
    .head,
    .row {
      grid-template-columns: 28px 42px minmax(0, 1fr) 84px 84px 84px;
      column-gap: 10px;
    }
    .visitors {
      display: none;
    }
  }
  @container (max-width: 560px) {
    .head,
    .row {
      grid-template-columns: 22px minmax(0, 1fr) 56px 74px;
      column-gap: 9px;
      padding: 0 12px;
    }
    .cell-move {
      position: absolute;
      left: 8px;
      bottom: 6px;
      transform: scale(0.86);
    }
    .row .rank {
      margin-bottom: 16px;
    }
    .head .cell-move,
    .views {
      display: none;
    }
    .toolbar {
      padding: 12px;
    }
    .toolbar > .tabs ~ .tabs,
    .filters {
      order: 2;
      flex: 1 1 100%;
    }
    .tabs button {
      padding-inline: 9px;
    }
    .tabs > * {
      flex: 1;
      text-align: center;
    }
    select {
      flex: 1;
      width: auto;
    }
  }
`;
