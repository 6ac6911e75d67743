import { type JourneyGroup, type ViewerJourneys, viewerBytes } from '@trending/schemas';

/** What a group takes besides its viewers, bytes at most. */
const groupBytes = 24;

/** The facts in records of at most about `bytesMax` bytes each; a record that is too large is parted, its groups too. */
export function* journeyPieces(
  journeys: readonly ViewerJourneys[],
  bytesMax: number,
): Generator<ViewerJourneys> {
  const viewersMax = Math.max(viewerBytes, bytesMax - (bytesMax % viewerBytes));
  for (const { partition, groups } of journeys) {
    let piece: JourneyGroup[] = [];
    let bytes = 0;
    for (const group of groups.flatMap((whole) => [...partsOf(whole, viewersMax)])) {
      const size = sizeOf(group);
      if (piece.length > 0 && bytes + size > bytesMax) {
        yield { partition, groups: piece };
        [piece, bytes] = [[], 0];
      }
      piece.push(group);
      bytes += size;
    }
    if (piece.length > 0) yield { partition, groups: piece };
  }
}

function sizeOf({ came, went }: JourneyGroup): number {
  return groupBytes + came.length + went.length;
}

/** The group whole, or the viewers of both kinds in turn. */
function* partsOf(group: JourneyGroup, viewersMax: number): Generator<JourneyGroup> {
  const { tokenHash, day, came, went } = group;
  if (came.length + went.length <= viewersMax) {
    yield group;
    return;
  }
  for (let at = 0; at < came.length; at += viewersMax)
    yield { tokenHash, day, came: came.subarray(at, at + viewersMax), went: none };
  for (let at = 0; at < went.length; at += viewersMax)
    yield { tokenHash, day, came: none, went: went.subarray(at, at + viewersMax) };
}

const none = new Uint8Array(0);
