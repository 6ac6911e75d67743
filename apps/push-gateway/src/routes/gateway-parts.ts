import type { Clock } from '@trending/runtime';
import type { AccessKeeper } from '../adapters/access-keeper.ts';
import type { SourceState } from '../adapters/board-source.ts';
import type { PastVersions } from '../adapters/past-versions.ts';
import type { TransportSettings } from '../adapters/web-socket.ts';
import type { BoardShelf } from '../domain/board-shelf.ts';
import type { TokenDirectory } from '../domain/token-directory.ts';
import type { History } from '../history.ts';

/** What the routes work with. */
export interface GatewayParts {
  readonly clock: Clock;
  readonly shelf: BoardShelf;
  readonly directory: TokenDirectory;
  readonly past: PastVersions;
  readonly history: History;
  readonly keeper: AccessKeeper;
  readonly transports: TransportSettings;
  readonly sourceState: () => SourceState;
}
