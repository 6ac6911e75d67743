import { type BoardRef, windowNames } from '@trending/schemas';

/** A scope is an open set: its form is checked here, whether it has a board is another question. */
const scopeForm = /^(all|chain:[a-z0-9][a-z0-9._-]{0,62}|category:[a-z0-9][a-z0-9._-]{0,62})$/;

/**
 * What is wrong with the board asked for, with the choices there are; undefined when it can be served. `formulas` is undefined as
 * long as nobody knows which there are.
 */
export function boardProblem(
  ref: BoardRef,
  formulas: readonly string[] | undefined,
): string | undefined {
  if (formulas !== undefined && !formulas.includes(ref.formula)) {
    return `No formula "${clip(ref.formula)}". Formulas: ${formulas.join(', ')}.`;
  }
  if (!windowNames.some((name) => name === ref.window)) {
    return `No window "${clip(ref.window)}". Windows: ${windowNames.join(', ')}.`;
  }
  if (ref.scope.length > 80 || !scopeForm.test(ref.scope)) {
    return `No scope "${clip(ref.scope)}". A scope is all, chain:<chain> or category:<category>.`;
  }
  return undefined;
}

/** Foreign text is shortened before it goes into an answer. */
function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
