import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { runCommand as run } from '@trending/runtime/command-line';
import { UsageError } from '@trending/runtime/usage';

/** The values of a command line. @throws UsageError on an option that is not known or lacks its value */
export function optionValues<T extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** @throws UsageError */
export function countOption(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new UsageError(`--${name} ${text}: give a whole number above 0`);
}

/** Names separated by commas, in the order of `known`. @throws UsageError */
export function namesOption<T extends string>(
  name: string,
  text: string,
  known: readonly T[],
): T[] {
  const given = text.split(',').map((part) => part.trim());
  const unknown = given.filter((part) => !known.some((choice) => choice === part));
  if (unknown.length === 0) return known.filter((choice) => given.includes(choice));
  throw new UsageError(`--${name}: ${unknown.join(', ')} is none of ${known.join(', ')}`);
}

/**
 * Runs a command to its end, and ends the process, whatever sockets a fault left open: 1 for a failure; errors as in every other
 * command.
 * @param name of its npm script
 */
export async function runCommand(name: string, command: () => Promise<boolean>): Promise<never> {
  await run(name, async () => ({ text: '', ok: await command() }));
  process.exit();
}
