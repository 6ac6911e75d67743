import type { Board } from '@trending/schemas';

/** Flags that are alarms: each tells of something that began. */
const alarmFlags = ['burst', 'pump', 'suspected'] as const;

type AlarmFlag = (typeof alarmFlags)[number];

/** Tokens with each alarm on a board, and how many of them did not have it on the board before. */
interface Alarms {
  readonly flag: AlarmFlag;
  readonly flagged: number;
  readonly raised: number;
}

type Flagged = { readonly items: readonly Pick<Board['items'][number], 'token' | 'flags'>[] };

/** Counts the alarms of a board against those of the board that it replaces. */
export function alarmsOf(next: Flagged, before: Flagged | undefined): readonly Alarms[] {
  return alarmFlags.map((flag) => {
    const had = new Set(tokensWith(flag, before));
    const has = tokensWith(flag, next);
    return { flag, flagged: has.length, raised: has.filter((token) => !had.has(token)).length };
  });
}

function tokensWith(flag: AlarmFlag, board: Flagged | undefined): string[] {
  return (board?.items ?? []).filter(({ flags }) => flags.includes(flag)).map(({ token }) => token);
}
