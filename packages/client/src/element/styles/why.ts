import { css } from 'lit';

export const whyStyles = css`
  .why {
    position: absolute;
    z-index: 5;
    top: 0;
    right: 14px;
    width: min(340px, calc(100% - 28px));
    padding: 16px 18px;
    border: 1px solid var(--_line);
    border-radius: 14px;
    background: var(--_bg);
    box-shadow: 0 12px 36px light-dark(rgb(20 20 30 / 16%), rgb(0 0 0 / 60%));
    /* Moved by transform, like the row it belongs to. */
    transform: translateY(var(--top, 0));
  }
  .why h3 {
    margin: 0 0 4px;
    font-size: 14px;
    font-weight: 650;
  }
  .why p {
    margin: 0;
    color: var(--_muted);
    font-size: 13px;
  }
  .parts {
    display: grid;
    gap: 7px;
    margin: 14px 0 10px;
    padding: 0;
    list-style: none;
    font-size: 12.5px;
  }
  .parts li {
    display: grid;
    grid-template-columns: 116px 1fr 62px;
    gap: 8px;
    align-items: center;
  }
  .parts b,
  .sum b,
  .figures td {
    text-align: end;
  }
  .parts i {
    height: 8px;
    border-radius: 4px;
    background: linear-gradient(var(--_bar), var(--_bar)) left / calc(100% * var(--share)) 100%
      no-repeat var(--_soft);
  }
  .parts .plus {
    --_bar: var(--_accent);
  }
  .parts .minus {
    --_bar: var(--_down);
  }
  .minus b {
    color: var(--_down);
  }
  .why .sum {
    display: flex;
    justify-content: space-between;
    padding-top: 9px;
    border-top: 1px solid var(--_line);
    color: var(--_text);
    font-size: 13.5px;
    font-weight: 600;
  }
  .figures {
    width: 100%;
    margin-top: 12px;
    border-collapse: collapse;
    font-size: 12.5px;
  }
  .figures caption {
    padding-bottom: 4px;
    font-weight: 600;
    text-align: start;
  }
  .figures th {
    padding: 2px 8px 2px 0;
    color: var(--_muted);
    font-weight: 400;
    text-align: start;
  }
  @media (prefers-reduced-motion: no-preference) {
    .why.follows {
      transition: transform 0.35s cubic-bezier(0.22, 0.9, 0.26, 1);
    }
  }
`;
