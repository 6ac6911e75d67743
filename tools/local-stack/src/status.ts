import { setTimeout as delay } from 'node:timers/promises';
import { parseFlags, processIsAlive } from '../preflight/index.mjs';
import { runFolder } from './paths.ts';
import { envLines, readyBlock } from './ready-block.ts';
import { type RunningStack, runningStacks } from './run-file.ts';

const help = `Shows the running stack: URLs, commands to paste, processes.

  npm run status

  --port-offset N  the stack at this offset (default: the lowest that runs)
  --json           one JSON object
  --env            variables for a shell: eval "$(npm run -s status -- --env)"
  --stop           end the stack and wait until it is gone
  --help
Exit code 1 when no stack runs.
`;

const { flags, error } = parseFlags(process.argv.slice(2));
if (flags === undefined) leave(`${error?.split('\n')[0]}\nSee: npm run status -- --help`, 2);
if (flags.help) {
  process.stdout.write(help);
  process.exit(0);
}

const stacks = runningStacks(runFolder);
const chosen =
  flags.portOffset === undefined
    ? stacks[0]
    : stacks.find(({ offset }) => offset === flags.portOffset);
if (chosen === undefined) leave('No stack is running here. Start one: npm start', 1);

if (flags.stop) {
  process.kill(chosen.pid, 'SIGTERM');
  while (processIsAlive(chosen.pid)) await delay(50);
  leave(`Stopped the stack at offset ${chosen.offset}.`, 0);
}
process.stdout.write(`${textOf(chosen)}\n`);
const others = stacks.filter((stack) => stack !== chosen);
if (others.length > 0 && flags.portOffset === undefined) {
  const offsets = others.map(({ offset }) => offset).join(', ');
  process.stderr.write(`More stacks run at offsets ${offsets}: add --port-offset N\n`);
}

function textOf(stack: RunningStack): string {
  if (flags?.json) return JSON.stringify(stack);
  if (flags?.env) return envLines(stack);
  return `${readyBlock(stack, `${stack.kind} stack, process ${stack.pid}, since ${stack.startedAt}`)}\n${serviceLines(stack)}`;
}

function serviceLines(stack: RunningStack): string {
  return Object.entries(stack.services)
    .map(([name, { pid, url, ready }]) => {
      const process = pid === null ? '' : `process ${pid}`;
      return `  ${ready ? '✓' : '✗'} ${name.padEnd(18)} ${url.padEnd(44)} ${process}`.trimEnd();
    })
    .join('\n');
}

function leave(message: string | undefined, code: number): never {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
