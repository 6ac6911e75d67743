/** Types of the preflight, which is plain JavaScript so that an older Node can run it and say what is missing. */
export interface Flags {
  readonly portOffset: number | undefined;
  readonly dataDir: string | undefined;
  readonly apps: boolean;
  readonly demo: boolean;
  readonly splitRoles: boolean;
  readonly brokers: number;
  readonly proxied: boolean;
  readonly keepRestarting: boolean;
  readonly json: boolean;
  readonly env: boolean;
  readonly doctor: boolean;
  readonly stop: boolean;
  readonly help: boolean;
}

export type ParsedFlags =
  | { readonly flags: Flags; readonly error?: undefined }
  | { readonly error: string; readonly flags?: undefined };

export type PortName =
  | 'producer'
  | 'processor'
  | 'gateway'
  | 'demo'
  | 'kafka'
  | 'controller'
  | 'registry'
  | 'clickhouse';

export type Ports = Readonly<Record<PortName, number>>;

export interface PortOwner {
  readonly pid: number;
  readonly command: string;
}

export interface BusyPort {
  readonly name: string;
  readonly port: number;
  readonly owner: PortOwner | undefined;
}

export interface Facts {
  readonly node: {
    readonly running: number;
    readonly path: string;
    readonly own: number | undefined;
  };
  readonly java: number | undefined;
  readonly maven: boolean;
  /** Does an engine answer? Undefined: not asked. */
  readonly docker: boolean | undefined;
  readonly installed: boolean;
  readonly diskFreeMb: number;
  readonly memoryFreeMb: number;
  readonly busy: readonly BusyPort[];
}

export interface Verdict {
  readonly name: string;
  readonly level: 'ok' | 'info' | 'warn' | 'fail';
  readonly text: string;
  readonly fix?: string;
}

export type StackKind = 'local' | 'docker' | 'none';
type Env = Readonly<Record<string, string | undefined>>;

export const usage: string;
export const basePorts: Ports;
export const portOffsetMax: number;
export const roleNames: readonly [
  'aggregate-1',
  'aggregate-2',
  'rank-1',
  'rank-2',
  'sink',
  'journey',
];
export type RoleService = (typeof roleNames)[number];
export function rolePorts(ports: Ports): Readonly<Record<RoleService, number>>;
export function secondGatewayPort(ports: Ports): number;
export function brokerPorts(
  ports: Ports,
  index: number,
): { readonly kafka: number; readonly controller: number };
export function proxyPorts(ports: Ports): {
  readonly kafka: number;
  readonly kafkaBehind: number;
  readonly registry: number;
  readonly clickhouse: number;
};
export function extraPorts(flags: Flags, ports: Ports): Readonly<Record<string, number>>;
export function portsAt(offset: number): Ports;
export function parseFlags(argv: readonly string[]): ParsedFlags;
export function cacheLooksFilled(root: string, env: Env): boolean;
export function stackAt(root: string, offset: number): { readonly pid: number } | undefined;
export function processIsAlive(pid: number): boolean;
export function listeningInodes(table: string, port: number): string[];
export function lsofOwner(text: string): PortOwner | undefined;
export function busyPorts(ports: Readonly<Record<string, number>>): Promise<BusyPort[]>;
export function javaMajorOf(text: string): number | undefined;
export function availableMbOf(meminfo: string): number | undefined;
export function gatherFacts(settings: {
  readonly root: string;
  readonly env: Env;
  readonly portOffset: number;
  readonly thorough: boolean;
  /** Absent: only the ports of every stack are looked at. */
  readonly flags?: Flags;
}): Promise<Facts>;
export function chooseStack(
  facts: Facts,
  choice: { readonly wanted: string | undefined; readonly cached: boolean },
): StackKind;
export function verdictsOf(
  facts: Facts,
  context: { readonly stack: StackKind; readonly cached: boolean; readonly env: Env },
): Verdict[];
export function hasFailed(verdicts: readonly Verdict[]): boolean;
export function reportText(
  verdicts: readonly Verdict[],
  options: { readonly all: boolean },
): string;
export function alreadyRunsText(portOffset: number, pid: number): string;
