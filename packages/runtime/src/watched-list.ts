import { AppError } from './errors.ts';
import { listOf } from './list.ts';
import type { Logger } from './logger.ts';
import { createWatchedFile, type WatchedFile } from './watched-file.ts';

export interface WatchedListSettings {
  /** Such as `ACCESS_SECRETS`; the file in its place is named by `ACCESS_SECRETS_FILE`. */
  readonly variable: string;
  /** What the variable lists, separated by commas. */
  readonly value: string;
  /** The file in its place; empty = none. */
  readonly path: string;
  /** May the file list nothing? Else an empty one is a mistake, such as half a write, and changes nothing. */
  readonly mayBeEmpty: boolean;
  readonly logger: Logger;
  /**
   * Takes a list over, whole or not at all: that of the variable at once, that of the file at the start and at every change.
   * @throws AppError CONFIG_INVALID with a sentence that repeats nothing of the list
   */
  readonly take: (items: readonly string[]) => void;
}

const bytesMax = 64 * 1024;

/**
 * What a variable lists, or a file in its place, which may change while the service runs: that file, to be started before anybody is
 * let in; nothing when there is only the variable.
 * @throws AppError CONFIG_INVALID when both are given, or what `take` throws at the variable's list
 */
export function createWatchedList(settings: WatchedListSettings): readonly WatchedFile[] {
  const { variable, value, path, mayBeEmpty, logger, take } = settings;
  if (path === '') {
    take(listOf(value));
    return [];
  }
  if (value !== '') throw invalid(`Give ${variable} or ${variable}_FILE, not both.`);
  const file = createWatchedFile({
    ...{ variable: `${variable}_FILE`, path, bytesMax, logger },
    advice: `The file holds what ${variable} would, an entry a line.`,
    take(text) {
      const items = listedIn(text);
      if (items.length === 0 && !mayBeEmpty) throw invalid('The file is not valid: it is empty.');
      take(items);
      return items.length;
    },
  });
  return [file];
}

/** Entries of a file that stands for a list variable: one a line, or separated by commas as in the variable. */
export function listedIn(text: string): string[] {
  return listOf(text.replaceAll('\n', ','));
}

function invalid(message: string): AppError {
  return new AppError({ code: 'CONFIG_INVALID', message });
}
