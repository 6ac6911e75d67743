import { startTheme } from './theme.ts';
import { TokenView } from './token/token-view.ts';

startTheme();
customElements.define('token-standing', TokenView);
