import { AppError } from '@trending/runtime';
import { invocationOf, usage } from './command-line.ts';
import { provisionConfig } from './config.ts';
import { type Command, type Outcome, provision } from './provision.ts';

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const invocation = invocationOf(args);
  if (invocation.kind === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  if (invocation.kind === 'wrong') {
    process.stderr.write(`${invocation.problem}\n\n${usage}`);
    return 2;
  }
  try {
    return await run(invocation.commands, invocation.json);
  } catch (error) {
    const isKnown = error instanceof AppError;
    process.stderr.write(`✗ ${isKnown ? `${error.code}: ${error.message}` : inspect(error)}\n`);
    return 1;
  }
}

async function run(commands: readonly Command[], json: boolean): Promise<number> {
  const config = provisionConfig();
  const outcomes: Outcome[] = [];
  for (const command of commands) {
    const done = await provision(command, config);
    outcomes.push(...done);
    if (!json) for (const outcome of done) process.stdout.write(`${lineOf(outcome)}\n`);
  }
  if (json) process.stdout.write(`${JSON.stringify(outcomes, null, 2)}\n`);
  return outcomes.every(({ ok }) => ok) ? 0 : 1;
}

function lineOf({ command, name, ok, detail }: Outcome): string {
  return `${ok ? '✓' : '✗'} ${command.padEnd(10)} ${name.padEnd(36)} ${detail}`;
}

function inspect(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
