import { Socket } from 'node:net';
import type { Flags } from '../preflight/index.mjs';
import { startDockerStack } from './docker-stack.ts';
import { startLocalStack } from './local-stack.ts';
import { readyBlock } from './ready-block.ts';
import { createReporter } from './reporter.ts';
import type { Stack } from './stack.ts';

type Env = Readonly<Record<string, string | undefined>>;

const stopLimitMs = 9_500;
const impatientAfterMs = 1_000;

/** Runs a stack until Ctrl-C or a failure; resolves to the exit code, honestly. */
export async function runStack(flags: Flags, env: Env): Promise<number> {
  const { aborted, requested } = stopRequest(env);
  const start = env['TRENDING_STACK_KIND'] === 'docker' ? startDockerStack : startLocalStack;
  const began = performance.now();
  const reporter = createReporter(flags.json ? process.stderr : process.stdout);
  let stack: Stack;
  try {
    stack = await start({ flags, env, reporter, aborted });
  } catch (error) {
    return aborted.aborted ? 0 : failed(error);
  }
  announce(stack, flags, performance.now() - began);
  const failure = await Promise.race([requested, stack.failed.catch((error: Error) => error)]);
  reporter.line('\nstopping …');
  const timer = setTimeout(() => process.exit(1), stopLimitMs);
  await stack.stop();
  clearTimeout(timer);
  if (failure !== undefined) return failed(failure);
  reporter.line('stopped');
  return 0;
}

function announce(stack: Stack, flags: Flags, elapsedMs: number): void {
  const text = flags.json
    ? JSON.stringify(stack.description())
    : `${readyBlock(stack.description(), stack.note)}\n ready after ${(elapsedMs / 1000).toFixed(1)}s`;
  process.stdout.write(`${text}\n`);
}

function failed(error: unknown): number {
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(`\n✗ ${text}\n`);
  return 1;
}

interface StopRequest {
  readonly requested: Promise<undefined>;
  readonly aborted: AbortSignal;
}

/**
 * A signal, or the end of the process that started us. One Ctrl-C may arrive twice, from the terminal
 * and through npm; a later second one ends at once, and the guards clean up.
 */
function stopRequest(env: Env): StopRequest {
  const controller = new AbortController();
  let askedAt = 0;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const request = () => {
    if (controller.signal.aborted) {
      if (performance.now() - askedAt > impatientAfterMs) process.exit(130);
      return;
    }
    askedAt = performance.now();
    controller.abort(new Error('stopped while starting'));
    resolve(undefined);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, request);
  if (env['TRENDING_LIFELINE_FD'] !== undefined)
    onLifelineCut(Number(env['TRENDING_LIFELINE_FD']), request);
  else if (env['npm_lifecycle_event'] !== undefined) onParentGone(request);
  return { requested: promise, aborted: controller.signal };
}

/** npm killed by force cannot pass a signal on; then nobody holds this terminal any more. */
function onParentGone(request: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    request();
  }, 1_000);
}

/** The older Node that started this one holds the other end of a pipe. */
function onLifelineCut(fd: number, request: () => void): void {
  const lifeline = new Socket({ fd, readable: true, writable: false });
  lifeline.once('close', request);
  lifeline.resume();
}
