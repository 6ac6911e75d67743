import { narrowStyles } from './narrow.ts';
import { rowStyles } from './rows.ts';
import { stateStyles } from './states.ts';
import { theme } from './theme.ts';
import { tokenStyles } from './token.ts';
import { toolbarStyles } from './toolbar.ts';
import { whyStyles } from './why.ts';

export const styles = [
  theme,
  toolbarStyles,
  rowStyles,
  tokenStyles,
  stateStyles,
  whyStyles,
  narrowStyles,
];
