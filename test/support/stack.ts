import { setTimeout as delay } from 'node:timers/promises';
import type { RunningStack } from '../../tools/local-stack/src/run-file.ts';

export type { RunningStack } from '../../tools/local-stack/src/run-file.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The running stack that integration and browser tests share. Every URL is closed when there is none. */
    stack: RunningStack;
    /** Why there is no stack; empty when there is one. */
    stackMissing: string;
  }
}

/** The services of the stack, as named in its description. */
export type StackService =
  | 'kafka'
  | 'registry'
  | 'clickhouse'
  | 'producer-api'
  | 'stream-processor'
  | 'push-gateway'
  | 'demo-traffic';

export interface ServiceStatus {
  readonly name: StackService;
  readonly state: string;
  readonly pid: number | null;
  readonly restarts: number;
}

/** Sends a signal, by default SIGKILL; a service that dies of it is started again by the supervisor. */
export function killService(
  stack: RunningStack,
  name: StackService,
  signal: NodeJS.Signals = 'SIGKILL',
): Promise<ServiceStatus> {
  return order(stack, `${name}/kill?signal=${signal}`);
}

/** Ends it kindly and starts it again; resolves once it is ready. */
export function restartService(stack: RunningStack, name: StackService): Promise<ServiceStatus> {
  return order(stack, `${name}/restart`);
}

/** Ends it kindly; it stays down until `startService`. */
export function stopService(stack: RunningStack, name: StackService): Promise<ServiceStatus> {
  return order(stack, `${name}/stop`);
}

/** Starts what was stopped; resolves once it is ready. */
export function startService(stack: RunningStack, name: StackService): Promise<ServiceStatus> {
  return order(stack, `${name}/start`);
}

export async function serviceStatus(
  stack: RunningStack,
  name: StackService,
): Promise<ServiceStatus> {
  const response = await fetch(`${controlOf(stack)}/services`);
  const found = ((await response.json()) as ServiceStatus[]).find((status) => status.name === name);
  if (found === undefined) throw new Error(`the stack has no service ${name}`);
  return found;
}

/** Waits until it is ready again as another process than `formerPid`. */
export async function serviceIsBack(
  stack: RunningStack,
  name: StackService,
  formerPid: number | null,
): Promise<ServiceStatus> {
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    const status = await serviceStatus(stack, name);
    if (status.state === 'ready' && status.pid !== formerPid) return status;
    await delay(50);
  }
  throw new Error(`${name} was not back after 60 s; its log is in ${stack.logFolder}`);
}

async function order(stack: RunningStack, path: string): Promise<ServiceStatus> {
  const response = await fetch(`${controlOf(stack)}/services/${path}`, { method: 'POST' });
  const body = (await response.json()) as ServiceStatus & { readonly error?: string };
  if (!response.ok) throw new Error(`POST ${path}: ${body.error ?? response.status}`);
  return body;
}

function controlOf({ controlUrl }: RunningStack): string {
  if (controlUrl === null) throw new Error('a Docker stack has no control; run with STACK=local');
  return controlUrl;
}
