import { join, resolve } from 'node:path';
import { portsAt } from '../preflight/index.mjs';
import { cacheFolder, runFolder } from './paths.ts';
import { brokerSpecs } from './services/broker.ts';
import {
  appSpecs,
  clickhouseSpec,
  demoSpec,
  pageSpec,
  provisionSpec,
} from './services/node-services.ts';
import { registrySpec } from './services/registry.ts';
import type { ServiceSpec, StackSettings } from './services/spec.ts';
import type { RunSettings } from './stack.ts';

/** Scratch folder of the stack at one offset: logs, and the data unless a folder for it is given. */
export function runPlace(offset: number): string {
  return join(runFolder, String(offset));
}

export function stackSettings({ flags, env }: RunSettings): StackSettings {
  const offset = flags.portOffset ?? 0;
  return {
    ports: portsAt(offset),
    cache: cacheFolder(env),
    dataFolder:
      flags.dataDir === undefined ? join(runPlace(offset), 'data') : resolve(flags.dataDir),
    keepsData: flags.dataDir !== undefined,
    demo: flags.demo,
    splitRoles: flags.splitRoles,
    brokers: flags.brokers,
    proxied: flags.proxied,
    env,
  };
}

export interface Prepared {
  /** Settings file of each broker. */
  readonly brokerProperties: readonly string[];
  readonly javaVersion: string;
}

/** Every process of the stack, in no particular order: their needs decide. */
export function specsOf(settings: StackSettings, prepared: Prepared, apps: boolean): ServiceSpec[] {
  return [
    ...brokerSpecs(settings, prepared.brokerProperties, prepared.javaVersion),
    registrySpec(settings, prepared.javaVersion),
    clickhouseSpec(settings),
    provisionSpec(settings),
    ...(apps ? [pageSpec(settings), ...appSpecs(settings)] : []),
    ...(settings.demo ? [demoSpec(settings)] : []),
  ];
}
