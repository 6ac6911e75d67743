import { portsAt } from '../../preflight/index.mjs';
import type { RunningStack } from '../../src/run-file.ts';
import { urlsOf } from '../../src/services/urls.ts';

export const exampleStack: RunningStack = {
  kind: 'local',
  offset: 0,
  pid: process.pid,
  startedAt: '2026-01-01T00:00:00.000Z',
  ready: true,
  ...urlsOf(portsAt(0)),
  apiKey: 'trending-dev-key',
  controlUrl: null,
  logFolder: 'logs',
  apps: true,
  demo: true,
  services: {},
};
