import { setTimeout as timeout } from 'node:timers/promises';
import type { Delay } from './sink-ports.ts';

export const waitOrAbort: Delay = (ms, signal) =>
  timeout(ms, undefined, { signal }).catch(() => undefined);
