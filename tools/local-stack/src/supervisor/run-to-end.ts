import { type Command, startGuarded } from './guarded-child.ts';
import { lastLines } from './log-tail.ts';

export interface Errand extends Command {
  readonly log: string;
  readonly timeoutMs: number;
  /** What the user can do when it fails. */
  readonly fix: string;
}

/** Runs a command that must end by itself with code 0. @throws Error with its last 20 lines and the fix. */
export async function runToEnd(errand: Errand): Promise<void> {
  const child = startGuarded({ ...errand, env: errand.env ?? process.env }, errand.log);
  const timer = setTimeout(() => child.signal('SIGKILL'), errand.timeoutMs);
  const { code, signal } = await child.exited;
  clearTimeout(timer);
  if (code === 0) return;
  const end = code === null ? `was ended by ${signal}` : `exited with code ${code}`;
  throw new Error(
    `${errand.command} ${end}. Its last lines:\n${lastLines(errand.log, 20)}\n  fix: ${errand.fix}`,
  );
}
