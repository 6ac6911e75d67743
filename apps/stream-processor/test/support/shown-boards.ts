import { until } from '@trending/runtime/testing';
import { candidateOf, setOf } from './rank-fixtures.ts';
import type { RankWorld } from './rank-world.ts';

/** A set of one token with so many views, behind as many records. */
export const set = (views: number) =>
  setOf({ inputOffset: views, items: [candidateOf('eth:a', { views })] });

/** Epoch, seq and views of every board of everything that was written, over an hour. */
export const shown = (world: RankWorld) =>
  world
    .written()
    .filter(({ key }) => key === 'views|1h|all')
    .map(({ board }) => [board?.epoch, board?.seq, board?.items[0]?.rawViews]);

/** Waits until the newest all-board shows this many views. */
export async function untilShown(world: RankWorld, views: number): Promise<void> {
  await until({ timeoutMs: 2_000, what: `a board with ${views} views` }, () =>
    shown(world).at(-1)?.[2] === views ? true : undefined,
  );
}
