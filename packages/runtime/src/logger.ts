import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

export interface LoggerSettings {
  readonly service: string;
  readonly level: string;
  /** Where lines go; standard output when absent. */
  readonly destination?: { write(line: string): void };
}

const secrets = [
  'authorization',
  '*.authorization',
  '["x-trending-view-token"]',
  'headers.authorization',
  '*.headers.authorization',
  '*["x-trending-view-token"]',
  'headers["x-trending-view-token"]',
  '*.headers["x-trending-view-token"]',
  'apiKey',
  '*.apiKey',
  '*.secret',
  'password',
  '*.password',
];

/** JSON lines; pretty only in a terminal. Authorization, keys and passwords are redacted. */
export function createLogger(settings: LoggerSettings): Logger {
  const base = {
    name: settings.service,
    level: settings.level,
    redact: { paths: secrets, censor: '[redacted]' },
  };
  if (settings.destination !== undefined) return pino(base, settings.destination);
  if (!process.stdout.isTTY) return pino(base);
  return pino({
    ...base,
    transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } },
  });
}
