/** Longest boards: of everything, and of a chain or category. */
export const boardSizeMax = { all: 100, other: 50 } as const;

/** Scopes served per window besides `all`: those with the most views. */
export const scopesMax = 64;

/**
 * Scopes besides `all` that a partition ships candidates and totals of. Anybody may view a token of a chain that nobody has heard of, so
 * scopes are an open set and must not make a candidate set as large as they are many.
 */
export const scopesShippedMax = 3 * scopesMax;
