/** The formula of a board whose asker names none. */
export const defaultFormula = 'trending';
