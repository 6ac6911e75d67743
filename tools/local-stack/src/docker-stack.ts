import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type PortName, portsAt } from '../preflight/index.mjs';
import { root, runFolder } from './paths.ts';
import { tickLine } from './ready-block.ts';
import { type RunningStack, removeRunFile, writeRunFile } from './run-file.ts';
import { developmentApiKey } from './services/node-services.ts';
import { urlsOf } from './services/urls.ts';
import { type RunSettings, type Stack, unlessAborted } from './stack.ts';
import { runPlace } from './stack-settings.ts';
import { runToEnd } from './supervisor/run-to-end.ts';

const baseServices = ['kafka', 'registry', 'clickhouse'];
const appServices = ['producer-api', 'stream-processor', 'push-gateway'];

/** The same stack in containers, on the same ports. @throws Error with compose's last lines and the fix. */
export async function startDockerStack(run: RunSettings): Promise<Stack> {
  const offset = run.flags.portOffset ?? 0;
  const project = `trending-${offset}`;
  const logFolder = join(runPlace(offset), 'logs');
  mkdirSync(logFolder, { recursive: true });
  const env = { ...run.env, ...composeEnv(offset, run.flags.demo) };
  // Containers keep data in named volumes; the folder given to --data-dir is for the stack without Docker.
  const keepsData = run.flags.dataDir !== undefined;
  const takeDown = armTakeDown(project, { env, keepsData });
  const done = run.reporter.longTask('docker compose up (images are fetched and built once)');
  const began = performance.now();
  try {
    for (const step of composeSteps(run.flags)) {
      await unlessAborted(
        run.aborted,
        runToEnd({
          command: 'docker',
          args: ['compose', '-p', project, ...step],
          cwd: root,
          env,
          log: join(logFolder, 'compose.log'),
          timeoutMs: 20 * 60_000,
          fix: `docker compose -p ${project} logs says more; or unset STACK to run without Docker`,
        }),
      );
    }
    done(true);
  } catch (error) {
    done(false);
    await takeDown();
    throw error;
  }
  const description = describer(run, logFolder);
  writeRunFile(runFolder, description());
  for (const [label, { url }] of Object.entries(description().services)) {
    run.reporter.line(tickLine({ label, elapsedMs: performance.now() - began, note: url }));
  }
  return {
    note: `Docker stack, dev only; its volumes are ${keepsData ? 'kept' : 'removed'} when it stops`,
    description,
    failed: new Promise<never>(() => undefined),
    async stop() {
      await takeDown();
      removeRunFile(runFolder, offset);
    },
  };
}

/**
 * Commands of compose, one after the other. The apps depend on init, so `--wait` waits for its end; without them nothing does, and
 * it is run by itself: topics, schemas and tables are there when the stack says so.
 */
export function composeSteps(flags: Pick<RunSettings['flags'], 'apps' | 'demo'>): string[][] {
  const profile = flags.demo ? ['--profile', 'demo'] : [];
  const up = [...profile, 'up', '--detach', '--build', '--wait'];
  if (flags.apps) return [up];
  return [
    [...up, ...baseServices],
    ['run', '--rm', '--no-TTY', '--build', 'init'],
  ];
}

/** Variables that docker-compose.yml reads. */
export function composeEnv(offset: number, demo: boolean): Record<string, string> {
  const ports = portsAt(offset);
  const entries = Object.entries(ports) as [PortName, number][];
  return {
    ...Object.fromEntries(entries.map(([name, port]) => [`${name.toUpperCase()}_PORT`, `${port}`])),
    // The page in the browser uses it, from outside the containers.
    DEMO_URL: demo ? urlsOf(ports).demoUrl : '',
  };
}

interface TakeDown {
  readonly env: NodeJS.ProcessEnv;
  readonly keepsData: boolean;
}

/** A process that takes the containers down once this one lets go of it, by will or by death. */
function armTakeDown(project: string, { env, keepsData }: TakeDown): () => Promise<void> {
  const script = join(import.meta.dirname, 'supervisor/compose-down.sh');
  const child = spawn('/bin/sh', [script, project, keepsData ? '' : '--volumes'], {
    cwd: root,
    env,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const exited = once(child, 'exit');
  return async () => {
    child.stdin.end();
    await exited;
  };
}

function describer(run: RunSettings, logFolder: string): () => RunningStack {
  const offset = run.flags.portOffset ?? 0;
  const urls = urlsOf(portsAt(offset));
  const startedAt = new Date().toISOString();
  const serviceUrls: Record<string, string> = {
    kafka: urls.kafka,
    registry: urls.registryUrl,
    clickhouse: urls.clickhouseUrl,
    'producer-api': urls.producerUrl,
    'stream-processor': urls.processorUrl,
    'push-gateway': urls.gatewayUrl,
    'demo-traffic': urls.demoUrl,
  };
  const running = [
    ...baseServices,
    ...(run.flags.apps ? appServices : []),
    ...(run.flags.demo ? ['demo-traffic'] : []),
  ];
  return () => ({
    kind: 'docker',
    offset,
    pid: process.pid,
    startedAt,
    ready: true,
    ...urls,
    apiKey: developmentApiKey,
    controlUrl: null,
    logFolder,
    apps: run.flags.apps,
    demo: run.flags.demo,
    services: Object.fromEntries(
      running.map((name) => [name, { pid: null, url: serviceUrls[name] ?? '', ready: true }]),
    ),
  });
}
