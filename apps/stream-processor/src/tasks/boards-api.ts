/** From counts to boards, for benchmarks that measure it without the roles around it. */
export { type BoardSelection, selectionsOf } from '../domain/board-groups.ts';
export { RankState } from '../domain/rank-state.ts';
export { AggregateState } from '../state/aggregate-state.ts';
export { candidateSetOf } from '../state/candidate-sets.ts';
export { rankFormulas } from './rank-formulas.ts';
