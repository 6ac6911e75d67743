export * from './aggregate-state.ts';
export * from './candidate-sets.ts';
export * from './category-table.ts';
export * from './view-count-store.ts';
