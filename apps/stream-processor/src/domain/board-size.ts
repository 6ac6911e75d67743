/** Longest boards: of everything, and of a chain or category. */
export const boardSizeMax = { all: 100, other: 50 } as const;
