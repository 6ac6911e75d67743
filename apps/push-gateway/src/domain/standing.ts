import type { FrameItem } from '@trending/schemas';
import type { BoardVersion } from './board-version.ts';

export interface Standing {
  readonly version: BoardVersion;
  readonly item: FrameItem;
}

/** Where a token stands on every board it is on, best rank first. */
export function standingsOf(token: string, boards: readonly BoardVersion[]): readonly Standing[] {
  return boards
    .flatMap((version) => {
      const item = version.items.find((candidate) => candidate.token === token);
      return item === undefined ? [] : [{ version, item }];
    })
    .sort((a, b) => a.item.rank - b.item.rank || (a.version.key < b.version.key ? -1 : 1));
}
