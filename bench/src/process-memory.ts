import { existsSync, readFileSync } from 'node:fs';

/** Bytes of a process's memory as Linux tells them, resident now or at most; NaN where the system does not tell. */
export function memoryBytes(pid: number | undefined, which: 'VmRSS' | 'VmHWM'): number {
  const path = `/proc/${pid}/status`;
  const status = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return Number(new RegExp(`^${which}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1_024;
}
