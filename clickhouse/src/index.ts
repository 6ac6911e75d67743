export * from './cookbook.ts';
export * from './migrate.ts';
