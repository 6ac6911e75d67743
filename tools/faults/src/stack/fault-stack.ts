import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const pollEveryMs = 100;
const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** Of a stack's description, what a fault run needs. */
export interface StackDescription {
  readonly producerUrl: string;
  readonly gatewayUrl: string;
  readonly clickhouseUrl: string;
  readonly registryUrl: string;
  readonly kafka: string;
  readonly apiKey: string;
  readonly controlUrl: string;
  readonly logFolder: string;
  readonly services: Readonly<Record<string, { readonly url: string }>>;
}

export interface ServiceStatus {
  readonly name: string;
  readonly state: string;
  readonly pid: number | null;
  readonly restarts: number;
  /** When it last ended, was launched and was ready, ms since 1970. */
  readonly endedAt?: number;
  readonly launchedAt?: number;
  readonly readyAt?: number;
}

/** A local stack of this run's own. */
export interface FaultStack extends Omit<StackDescription, 'services'> {
  /** Of every gateway, as a load balancer would know them. */
  readonly gatewayUrls: readonly string[];
  /** Of every process with the aggregate role. */
  readonly aggregateUrls: readonly string[];
  signal(service: string, name: NodeJS.Signals): Promise<void>;
  services(): Promise<ServiceStatus[]>;
  /** Resolves to the service once it is ready. @throws Error when it stays away. */
  ready(service: string, timeoutMs: number): Promise<ServiceStatus>;
  /** Resolves when the process that served until `since` has ended. @throws Error when it goes on */
  ended(service: string, since: number, timeoutMs: number): Promise<void>;
  /** Resolves once every service is ready. @throws Error naming those that are not. */
  allReady(timeoutMs: number): Promise<void>;
  stop(): Promise<void>;
}

export interface FaultStackSettings {
  readonly portOffset: number;
  /** More flags of `npm start`. */
  readonly flags: readonly string[];
  /** Where its progress and errors go. */
  readonly logPath: string;
  /** More environment of its services. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a stack that ends with this process. @throws Error when it does not get ready; its log says why. */
export async function startFaultStack(settings: FaultStackSettings): Promise<FaultStack> {
  const flags = ['--json', '--no-demo', '--keep-restarting', ...settings.flags];
  const child = spawn(
    process.execPath,
    ['tools/local-stack/start.mjs', `--port-offset=${settings.portOffset}`, ...flags],
    {
      cwd: root,
      env: {
        ...process.env,
        ...settings.env,
        LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn',
        TRENDING_LIFELINE_FD: '3',
      },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    },
  );
  child.stderr?.pipe(createWriteStream(settings.logPath, { flags: 'a' }));
  const line = await firstLine(child);
  if (line === undefined) throw new Error(`the stack did not start; see ${settings.logPath}`);
  return stackOf(JSON.parse(line) as StackDescription, child);
}

async function firstLine(child: ChildProcess): Promise<string | undefined> {
  if (child.stdout === null) return undefined;
  for await (const line of createInterface({ input: child.stdout })) return line;
  return undefined;
}

function stackOf(description: StackDescription, child: ChildProcess): FaultStack {
  const base = `${description.controlUrl}/services`;
  const services = async () => (await (await fetch(base)).json()) as ServiceStatus[];
  const readyOnes = async (isMeant: (name: string) => boolean, timeoutMs: number) => {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const meant = (await services()).filter(({ name }) => isMeant(name));
      const away = meant.filter(({ state }) => !['ready', 'done', 'stopped'].includes(state));
      if (away.length === 0) return meant;
      const names = away.map(({ name, state }) => `${name} ${state}`).join(', ');
      if (Date.now() > deadline) throw new Error(`not ready after ${timeoutMs} ms: ${names}`);
      await delay(pollEveryMs);
    }
  };
  const urlsOf = (names: RegExp) =>
    Object.entries(description.services)
      .filter(([name]) => names.test(name))
      .map(([, { url }]) => url);
  return {
    ...description,
    gatewayUrls: urlsOf(/^push-gateway/),
    aggregateUrls: urlsOf(/^(aggregate-\d+|stream-processor)$/),
    services,
    async ready(service, timeoutMs) {
      const [status] = await readyOnes((name) => name === service, timeoutMs);
      if (status === undefined) throw new Error(`the stack has no service ${service}`);
      return status;
    },
    async signal(service, name) {
      const url = `${base}/${service}/kill?signal=${name}`;
      const response = await fetch(url, { method: 'POST' });
      if (!response.ok) throw new Error(`${url}: ${await response.text()}`);
    },
    async ended(service, since, timeoutMs) {
      const deadline = Date.now() + timeoutMs;
      const isThere = ({ name, endedAt = 0 }: ServiceStatus) => name === service && endedAt < since;
      while ((await services()).some(isThere)) {
        if (Date.now() > deadline) throw new Error(`${service} did not end in ${timeoutMs} ms`);
        await delay(pollEveryMs);
      }
    },
    async allReady(timeoutMs) {
      await readyOnes(() => true, timeoutMs);
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}
