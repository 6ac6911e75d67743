import { byId } from './by-id.ts';

const key = 'trending-theme';

/** Follows the system until the visitor chooses; the choice is kept on this device. */
export function startTheme(board?: { theme: string | undefined }): void {
  const apply = (theme: string) => {
    document.documentElement.setAttribute('data-theme', theme);
    if (board !== undefined) board.theme = theme;
    document.dispatchEvent(new Event('theme-change'));
  };
  const kept = localStorage.getItem(key);
  if (kept !== null) apply(kept);
  byId('theme').addEventListener('click', () => {
    const next = isDark() ? 'light' : 'dark';
    localStorage.setItem(key, next);
    apply(next);
  });
}

export function isDark(): boolean {
  const chosen = document.documentElement.getAttribute('data-theme');
  return chosen === null ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
}
