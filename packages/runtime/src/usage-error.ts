/** What is wrong with a command line, or a file that it names, for the person who wrote it. */
export class UsageError extends Error {}

/**
 * The end of a command that failed: the message on standard error, and the exit code, 2 for a wrong command line, which is told where
 * help is, else 1.
 * @param command as it is typed, such as `npm run replay`
 */
export function reportFailure(command: string, error: unknown): void {
  const isUsage = error instanceof UsageError || isParseError(error);
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(isUsage ? `${message}\nSee: ${command} -- --help\n` : `${message}\n`);
  process.exitCode = isUsage ? 2 : 1;
}

/** As `parseArgs` of node:util throws them. */
function isParseError(error: unknown): boolean {
  return (
    error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  );
}
