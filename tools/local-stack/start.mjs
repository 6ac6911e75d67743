// Plain JavaScript on purpose: it must run on any Node from 20 and say what is missing.
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  alreadyRunsText,
  cacheLooksFilled,
  chooseStack,
  gatherFacts,
  hasFailed,
  parseFlags,
  reportText,
  stackAt,
  usage,
  verdictsOf,
} from './preflight/index.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const args = process.argv.slice(2);
const { flags, error } = parseFlags(args);

if (error !== undefined) leave(error, 2);
if (flags.help) leave(usage, 0);

const portOffset = flags.portOffset ?? 0;
const running = stackAt(root, portOffset);
if (running !== undefined && !flags.doctor) leave(alreadyRunsText(portOffset, running.pid), 1);

const env = process.env;
const cached = cacheLooksFilled(root, env);
const facts = await gatherFacts({ root, env, portOffset, thorough: flags.doctor, flags });
const stack = chooseStack(facts, { wanted: env.STACK || undefined, cached });
const verdicts = verdictsOf(facts, { stack, cached, env });

if (flags.doctor) leave(`${reportText(verdicts, { all: true })}\n`, hasFailed(verdicts) ? 1 : 0);
const text = reportText(verdicts, { all: false });
if (text !== '') process.stderr.write(`${text}\n`);
if (hasFailed(verdicts)) leave('', 1);
if (!flags.json) process.stdout.write(`trending: ${reasonFor(stack)}\n`);

env.TRENDING_STACK_KIND = stack;
if (facts.node.running >= 24) {
  await import('./src/main.ts');
} else {
  runOnOwnNode();
}

function leave(message, code) {
  const stream = code === 0 ? process.stdout : process.stderr;
  stream.write(message === '' ? '' : `${message}\n`);
  process.exit(code);
}

function reasonFor(kind) {
  if (env.STACK) return `${kind} stack, because STACK=${env.STACK}`;
  return kind === 'local'
    ? `local stack without Docker, because Java ${facts.java} is here (STACK=docker for containers)`
    : 'Docker stack, because Java or Maven is missing and a Docker engine answers';
}

/** The project's own Node, which ends with this process: standard input of the pipe closes. */
function runOnOwnNode() {
  const main = join(root, 'tools/local-stack/src/main.ts');
  const child = spawn(facts.node.path, [main, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: { ...env, TRENDING_LIFELINE_FD: '3' },
  });
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(name));
  child.on('exit', (code) => process.exit(code ?? 1));
}
