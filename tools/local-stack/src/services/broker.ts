import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kafkaArtefact } from '../artefacts/artefact.ts';
import { archiveFlag, archivePath, javaCommand, kafkaJava } from './jvm.ts';
import { brokerAnswers } from './probes.ts';
import type { ServiceSpec, StackSettings } from './spec.ts';
import { host } from './urls.ts';

export interface BrokerPlace {
  readonly kafka: number;
  readonly controller: number;
  readonly logFolder: string;
}

/** server.properties of a single KRaft node: replication 1 everywhere, no topic that was not asked for. */
export function brokerProperties(place: BrokerPlace): string {
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${host}:${place.controller}`,
    listeners: `PLAINTEXT://${host}:${place.kafka},CONTROLLER://${host}:${place.controller}`,
    'advertised.listeners': `PLAINTEXT://${host}:${place.kafka}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': place.logFolder,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': false,
    'num.partitions': 1,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** Writes the broker's settings below `dataFolder`, and an empty log folder as a copy of the formatted template. */
export function prepareBroker(
  settings: {
    readonly dataFolder: string;
    readonly ports: { readonly kafka: number; readonly controller: number };
  },
  template: string,
): string {
  const logFolder = join(settings.dataFolder, 'kafka');
  mkdirSync(settings.dataFolder, { recursive: true });
  // Only an empty folder is formatted: kept data is never touched.
  if (!existsSync(join(logFolder, 'meta.properties'))) {
    cpSync(template, logFolder, { recursive: true });
  }
  const path = join(settings.dataFolder, 'kafka.properties');
  writeFileSync(path, brokerProperties({ ...settings.ports, logFolder }));
  return path;
}

export function brokerSpec(
  settings: StackSettings,
  properties: string,
  javaVersion: string,
): ServiceSpec {
  const archive = archivePath(settings.cache, kafkaArtefact, javaVersion);
  return {
    name: 'kafka',
    label: 'kafka 4.3.0 (KRaft)',
    note: `${host}:${settings.ports.kafka}`,
    url: `${host}:${settings.ports.kafka}`,
    command: javaCommand(settings.env),
    args: [
      '-Xmx512m',
      ...archiveFlag(archive),
      ...kafkaJava(settings.cache),
      'kafka.Kafka',
      properties,
    ],
    cwd: settings.dataFolder,
    env: settings.env,
    needs: [],
    probe: () => brokerAnswers(host, settings.ports.kafka),
    readyTimeoutMs: 60_000,
    stopGraceMs: 3_000,
    fix: settings.keepsData
      ? `data in ${settings.dataFolder} may be from another version: use another --data-dir`
      : 'npm run doctor; a damaged download is cured by removing .cache/jvm',
  };
}
