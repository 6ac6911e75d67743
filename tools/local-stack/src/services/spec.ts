import type { Ports, RoleService } from '../../preflight/index.mjs';
import type { Command } from '../supervisor/guarded-child.ts';

export const serviceNames = [
  'kafka',
  'registry',
  'clickhouse',
  'provision',
  'page',
  'producer-api',
  'stream-processor',
  'push-gateway',
  'demo-traffic',
] as const;

export type ServiceName =
  | (typeof serviceNames)[number]
  | 'kafka-2'
  | 'kafka-3'
  | 'push-gateway-2'
  | RoleService;

/** One process of the stack, as data. */
export interface ServiceSpec extends Command {
  readonly name: ServiceName;
  /** Words of the ✓ line. */
  readonly label: string;
  /** What the ✓ line ends with: where it listens, or what it did. */
  readonly note: string;
  /** Where it can be reached; undefined for one-shot jobs. */
  readonly url?: string;
  /** Services that must be ready before this one is started. */
  readonly needs: readonly ServiceName[];
  /** Is it ready to serve? Undefined for one-shot jobs: those are ready when they end with code 0. */
  readonly probe?: () => Promise<boolean>;
  readonly readyTimeoutMs: number;
  /**
   * Does it live, ready or not? What is alive when its time to get ready is over catches up with something, and is not ended for it if it is
   * started again or finds the data of a former run: from its start on it would have all the more to catch up with. Undefined: nobody can tell.
   */
  readonly isAlive?: () => Promise<boolean>;
  /** Does it find data of a former run at its first start? */
  readonly findsData?: boolean;
  readonly stopGraceMs: number;
  /** What the user can do when it does not start. */
  readonly fix: string;
}

/** What every spec is made from. */
export interface StackSettings {
  readonly ports: Ports;
  readonly cache: string;
  /** Where the services keep their data during this run. */
  readonly dataFolder: string;
  /** Is the data kept after the run? */
  readonly keepsData: boolean;
  readonly demo: boolean;
  /** Is every role of the processor a process of its own, with a second gateway beside the first? */
  readonly splitRoles: boolean;
  /** 1 or 3. */
  readonly brokers: number;
  /** Do the apps go through a fault proxy? */
  readonly proxied: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}
