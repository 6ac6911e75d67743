import { readFileSync } from 'node:fs';
import { UsageError } from '@trending/runtime/usage';

/** Text of a file that a command line names. @throws UsageError saying why it cannot be read. */
export function textOfGiven(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
