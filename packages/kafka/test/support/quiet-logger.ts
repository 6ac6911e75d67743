import { createLogger } from '@trending/runtime';

export const quietLogger = createLogger({
  service: 'kafka-test',
  level: process.env['LOG_LEVEL'] ?? 'silent',
});
