import { open } from 'node:fs/promises';
import { AppError } from './errors.ts';
import type { HealthCheck } from './health.ts';
import type { Part } from './lifecycle.ts';
import type { Logger } from './logger.ts';

export interface WatchedFileSettings {
  /** Variable that names the file, such as `API_KEYS_FILE`. */
  readonly variable: string;
  /** Empty = no file, nothing to watch. */
  readonly path: string;
  readonly bytesMax: number;
  readonly logger: Logger;
  /** Ends the message of a refused start: how such a file is made or mended. */
  readonly advice: string;
  /**
   * Takes a text over, whole or not at all, and returns how many entries it has.
   * @throws AppError CONFIG_INVALID with a sentence that repeats nothing of the text
   */
  readonly take: (text: string) => number;
}

export interface WatchedFile extends Part {
  /** Advice: what is wrong with the file now. */
  readonly check: HealthCheck;
  /** Reads the file again if it has changed. Never rejects: a broken file leaves what was read before in force. */
  refresh(): Promise<void>;
}

const everyMs = 1_000;

/**
 * Keys or secrets in a file that is looked at every second, so that a change is in force within two. What cannot be read changes
 * nothing and is said in the log and in `/readyz?verbose`: one bad edit must not lock everybody out.
 */
export function createWatchedFile(settings: WatchedFileSettings): WatchedFile {
  const { variable, path, logger } = settings;
  const name = variable
    .replace(/_FILE$/, '')
    .toLowerCase()
    .replaceAll('_', '-');
  let last: string | undefined;
  let problem: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let reading: Promise<void> | undefined;

  const load = async (): Promise<void> => {
    const text = await textOf(settings);
    if (text === last && problem === undefined) return;
    const entries = settings.take(text);
    if (text !== last) logger.info({ path, entries }, `${variable} read`);
    if (problem !== undefined) logger.info({ path }, `${variable} is valid again`);
    last = text;
    problem = undefined;
  };
  const refresh = async (): Promise<void> => {
    try {
      await load();
    } catch (error) {
      const found = error instanceof AppError ? error.message : `cannot read ${path}: ${error}`;
      if (found !== problem)
        logger.error(
          { path, problem: found },
          `${variable}: mend the file; what was read before holds`,
        );
      problem = found;
    }
  };
  return {
    name,
    refresh,
    check: {
      name,
      isAdvice: true,
      check: () => (problem === undefined ? undefined : `${problem} What was read before holds.`),
    },
    /** @throws AppError CONFIG_INVALID when there is no valid file to begin with. */
    async start() {
      if (path === '' || timer !== undefined) return;
      await load().catch(refuseStart(settings));
      timer = setInterval(() => {
        reading ??= refresh().finally(() => {
          reading = undefined;
        });
      }, everyMs);
    },
    async stop() {
      clearInterval(timer);
      timer = undefined;
      await reading;
    },
  };
}

function refuseStart({ variable, path, advice }: WatchedFileSettings): (cause: unknown) => never {
  return (cause) => {
    const why = cause instanceof AppError ? cause.message : String(cause);
    throw new AppError({
      code: 'CONFIG_INVALID',
      message: `${variable} ${path}: ${why} ${advice}`,
      cause,
    });
  };
}

/** One read of at most a little more than is allowed. */
async function textOf({ path, bytesMax }: WatchedFileSettings): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.min(size, bytesMax) + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    if (bytesRead <= bytesMax) return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
  const message = `The file is not valid: it is larger than ${bytesMax} bytes.`;
  throw new AppError({ code: 'CONFIG_INVALID', message });
}
