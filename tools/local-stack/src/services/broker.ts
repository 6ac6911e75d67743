import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brokerPorts, type Ports, proxyPorts } from '../../preflight/index.mjs';
import { kafkaArtefact } from '../artefacts/artefact.ts';
import { archiveFlag, archivePath, javaCommand, kafkaJava } from './jvm.ts';
import { brokerAnswers } from './probes.ts';
import type { ServiceName, ServiceSpec, StackSettings } from './spec.ts';
import { host } from './urls.ts';

/** The brokers by node id − 1. */
export const brokerNames = ['kafka', 'kafka-2', 'kafka-3'] as const satisfies ServiceName[];

export interface BrokerPlace {
  readonly kafka: number;
  readonly controller: number;
  readonly logFolder: string;
  /** Where it stands among several; absent: alone. */
  readonly cluster?: { readonly nodeId: number; readonly controllers: readonly number[] };
  /** A second listener that tells clients to come to another port: a proxy's. */
  readonly behindProxy?: { readonly listens: number; readonly advertises: number };
}

/** server.properties of a KRaft node; no topic that was not asked for. One node: replication 1; three: 3, two in sync. */
export function brokerProperties(place: BrokerPlace): string {
  const { nodeId, controllers } = place.cluster ?? { nodeId: 1, controllers: [place.controller] };
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': nodeId,
    'controller.quorum.voters': controllers
      .map((port, index) => `${index + 1}@${host}:${port}`)
      .join(','),
    ...listenerSettings(place),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': place.logFolder,
    ...replicationSettings(controllers.length),
    'offsets.topic.num.partitions': 4,
    'group.initial.rebalance.delay.ms': 0,
    // A killed broker's partitions have no leader until its session ends, nor may it come back under its id before. Kafka's 9 s are for
    // networks; on one machine four missed heartbeats tell a dead broker from one that waits for a processor.
    'broker.session.timeout.ms': 4_000,
    'broker.heartbeat.interval.ms': 1_000,
    'auto.create.topics.enable': false,
    'num.partitions': 1,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function listenerSettings({ kafka, controller, behindProxy }: BrokerPlace) {
  const own = `PLAINTEXT://${host}:${kafka}`;
  const controllers = `CONTROLLER://${host}:${controller}`;
  if (behindProxy === undefined)
    return { listeners: `${own},${controllers}`, 'advertised.listeners': own };
  const { listens, advertises } = behindProxy;
  return {
    listeners: `${own},PROXIED://${host}:${listens},${controllers}`,
    'advertised.listeners': `${own},PROXIED://${host}:${advertises}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT',
  };
}

function replicationSettings(brokers: number) {
  const inSync = brokers > 1 ? 2 : 1;
  return {
    'default.replication.factor': brokers,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': brokers,
    'transaction.state.log.replication.factor': brokers,
    'transaction.state.log.min.isr': inSync,
    'share.coordinator.state.topic.replication.factor': brokers,
    'share.coordinator.state.topic.min.isr': inSync,
    // Replicas put in another order become leaders within seconds, which is how leaders are moved in tests.
    ...(brokers > 1 && {
      'leader.imbalance.check.interval.seconds': 1,
      'leader.imbalance.per.broker.percentage': 0,
    }),
  };
}

type BrokerSettings = Pick<StackSettings, 'dataFolder' | 'brokers' | 'proxied'> & {
  readonly ports: Ports;
};

/** Writes each broker's settings below `dataFolder`, and its log folder, if there is none, as a copy of the formatted template. */
export function prepareBrokers(settings: BrokerSettings, template: string): string[] {
  mkdirSync(settings.dataFolder, { recursive: true });
  return brokerNames
    .slice(0, settings.brokers)
    .map((_, index) => prepareBroker(settings, template, index));
}

function prepareBroker(settings: BrokerSettings, template: string, index: number): string {
  const { ports, brokers } = settings;
  const name = brokerNames[index] ?? 'kafka';
  const logFolder = join(settings.dataFolder, name);
  // Only an empty folder is formatted: kept data is never touched.
  if (!existsSync(join(logFolder, 'meta.properties'))) {
    cpSync(template, logFolder, { recursive: true });
    if (index > 0) renumber(join(logFolder, 'meta.properties'), index + 1);
  }
  const { kafka, kafkaBehind } = proxyPorts(ports);
  const indices = Array.from({ length: brokers }, (_, at) => at);
  const controllers = indices.map((at) => brokerPorts(ports, at).controller);
  const path = join(settings.dataFolder, `${name}.properties`);
  const properties = brokerProperties({
    ...brokerPorts(ports, index),
    logFolder,
    cluster: { nodeId: index + 1, controllers },
    ...(settings.proxied && { behindProxy: { listens: kafkaBehind, advertises: kafka } }),
  });
  writeFileSync(path, properties);
  return path;
}

/** The template was formatted as node 1. */
function renumber(path: string, nodeId: number): void {
  const text = readFileSync(path, 'utf8')
    .replace(/^node\.id=.*$/m, `node.id=${nodeId}`)
    .replace(/^directory\.id=.*$/m, `directory.id=${randomBytes(16).toString('base64url')}`);
  writeFileSync(path, text);
}

/** The processes of all brokers, one settings file each. */
export function brokerSpecs(
  settings: StackSettings,
  properties: readonly string[],
  javaVersion: string,
): ServiceSpec[] {
  const archive = archivePath(settings.cache, kafkaArtefact, javaVersion);
  return properties.map((path, index) => {
    const { kafka } = brokerPorts(settings.ports, index);
    const name = brokerNames[index] ?? 'kafka';
    return {
      name,
      label: `${name} 4.3.0 (KRaft)`,
      note: `${host}:${kafka}`,
      url: `${host}:${kafka}`,
      command: javaCommand(settings.env),
      args: [
        '-Xmx512m',
        ...archiveFlag(archive),
        ...kafkaJava(settings.cache),
        'kafka.Kafka',
        path,
      ],
      cwd: settings.dataFolder,
      env: settings.env,
      needs: [],
      probe: () => brokerAnswers(host, kafka),
      readyTimeoutMs: 60_000,
      stopGraceMs: 3_000,
      fix: settings.keepsData
        ? `data in ${settings.dataFolder} may be from another version: use another --data-dir`
        : 'npm run doctor; a damaged download is cured by removing .cache/jvm',
    };
  });
}
