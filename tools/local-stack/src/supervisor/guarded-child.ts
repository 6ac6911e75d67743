import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that cannot outlive its supervisor, with its output in a file. */
export interface GuardedChild {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  signal(name: NodeJS.Signals): void;
  /** Ends it kindly, after `graceMs` by force, together with everything it started. */
  end(graceMs: number): Promise<Exit>;
}

const guard = join(import.meta.dirname, 'guard.sh');

/** Starts a command in its own process group under guard.sh. @throws Error when no process could be made. */
export function startGuarded(command: Command, logPath: string): GuardedChild {
  const log = openSync(logPath, 'a');
  const child = spawn('/bin/sh', [guard, command.command, ...command.args], {
    cwd: command.cwd,
    env: { ...command.env },
    detached: true,
    stdio: ['pipe', log, log],
  });
  closeSync(log);
  child.on('error', () => undefined);
  if (child.pid === undefined) throw new Error(`cannot start /bin/sh to run ${command.command}`);
  return guardedChildOf(child, child.pid);
}

function guardedChildOf(child: ChildProcess, pid: number): GuardedChild {
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      // Closing the pipe lets the watcher sweep up whatever the command left behind.
      child.stdin?.destroy();
      resolve({ code, signal });
    });
  });
  child.stdin?.on('error', () => undefined);
  return {
    pid,
    exited,
    signal: (name) => void child.kill(name),
    async end(graceMs) {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      const exit = await exited;
      clearTimeout(timer);
      return exit;
    },
  };
}
