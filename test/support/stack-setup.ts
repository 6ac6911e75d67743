import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import {
  basePorts,
  busyPorts,
  cacheLooksFilled,
  chooseStack,
  gatherFacts,
  portsAt,
  reportText,
  verdictsOf,
} from '../../tools/local-stack/preflight/index.mjs';
import type { RunningStack } from './stack.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Shared {
  users: number;
  readonly started: Promise<Started>;
}

type Started =
  | { readonly stack: RunningStack; stop(): Promise<void> }
  | { readonly stack: undefined; readonly missing: string };

/** Each project loads this file anew, so what they share hangs on the process. */
const holder = globalThis as { sharedTestStack?: Shared };

/** One stack for every project of a run: the first project starts it, the last one stops it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  holder.sharedTestStack ??= { users: 0, started: startStack() };
  const mine = holder.sharedTestStack;
  mine.users += 1;
  const started = await mine.started;
  project.provide('stack', started.stack ?? closedStack);
  project.provide('stackMissing', started.stack === undefined ? started.missing : '');
  return async () => {
    mine.users -= 1;
    if (mine.users > 0) return;
    delete holder.sharedTestStack;
    if (started.stack !== undefined) await started.stop();
  };
}

async function startStack(): Promise<Started> {
  const given = process.env['TRENDING_STACK'];
  if (given !== undefined && given !== '') {
    const stack = JSON.parse(readFileSync(given, 'utf8')) as RunningStack;
    return { stack, stop: async () => undefined };
  }
  const missing = await whyNoStack();
  return missing === undefined ? launch(await freeOffset()) : { stack: undefined, missing };
}

async function whyNoStack(): Promise<string | undefined> {
  const env = process.env;
  const cached = cacheLooksFilled(root, env);
  const facts = await gatherFacts({ root, env, portOffset: await freeOffset(), thorough: false });
  const stack = chooseStack(facts, { wanted: env['STACK'] || undefined, cached });
  if (stack !== 'none') return undefined;
  const verdicts = verdictsOf(facts, { stack, cached, env });
  return `no stack to test on: ${reportText(verdicts, { all: false }).replaceAll(/\s+/g, ' ')}`;
}

const offsetStep = 10;
const offsetFirst = 20_000;
const offsetsMax = 200;

/** An offset at which every port is free; runs of several checkouts start looking at different ones. */
async function freeOffset(): Promise<number> {
  const start = process.pid % offsetsMax;
  for (let step = 0; step < offsetsMax; step += 1) {
    const offset = offsetFirst + ((start + step) % offsetsMax) * offsetStep;
    if ((await busyPorts(portsAt(offset))).length === 0) return offset;
  }
  throw new Error(`no ${Object.keys(basePorts).length} free ports for a test stack`);
}

/** The pipe on descriptor 3 ends with this process, and the stack with the pipe. */
async function launch(offset: number): Promise<Started> {
  const began = performance.now();
  const args = ['tools/local-stack/start.mjs', '--no-demo', '--json', `--port-offset=${offset}`];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, TRENDING_LIFELINE_FD: '3' },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  child.stderr?.on('data', (bytes: Buffer) => {
    said.push(bytes.toString());
    if (said.length > 200) said.shift();
  });
  const stack = await firstLine(child);
  if (stack === undefined) throw new Error(`the test stack did not start:\n${said.join('')}`);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stdout.write(`test stack at offset ${offset} ready after ${seconds} s\n`);
  return { stack: JSON.parse(stack) as RunningStack, stop: () => stopChild(child) };
}

async function firstLine(child: ChildProcess): Promise<string | undefined> {
  if (child.stdout === null) return undefined;
  for await (const line of createInterface({ input: child.stdout })) return line;
  return undefined;
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

const closed = 'http://127.0.0.1:9';

/** Stands in when there is no stack: tests are skipped before they use it. */
const closedStack: RunningStack = {
  kind: 'local',
  offset: 0,
  pid: 0,
  startedAt: '',
  ready: false,
  producerUrl: closed,
  processorUrl: closed,
  gatewayUrl: closed,
  demoUrl: closed,
  kafka: '127.0.0.1:9',
  registryUrl: closed,
  clickhouseUrl: closed,
  apiKey: '',
  controlUrl: null,
  logFolder: '',
  apps: false,
  demo: false,
  services: {},
};
