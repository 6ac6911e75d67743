import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '@trending/runtime/free-port';
import { portsAt } from '../../preflight/index.mjs';
import { prepareBrokers } from '../services/broker.ts';
import { archivePath, javaCommand, kafkaJava, registryJava } from '../services/jvm.ts';
import { answersOk, brokerAnswers } from '../services/probes.ts';
import { host } from '../services/urls.ts';
import { type GuardedChild, startGuarded } from '../supervisor/guarded-child.ts';
import { kafkaArtefact, registryArtefact } from './artefact.ts';
import { artefactFolder } from './fetch.ts';
import { javaVersionText, type PrepareSettings } from './prepare.ts';

/** Records, once per Java, the classes each JVM loads at start: later starts take half the time. */
export async function trainClassArchives(
  settings: PrepareSettings,
  template: string,
): Promise<void> {
  const javaVersion = await javaVersionText(settings.env);
  const wanted = [kafkaArtefact, registryArtefact].filter(
    (artefact) => !existsSync(archivePath(settings.cache, artefact, javaVersion)),
  );
  if (wanted.length === 0) return;
  const done = settings.reporter.longTask('preparing fast starts of the JVM services (once)');
  const results = await Promise.all(
    wanted.map((artefact) => {
      const target = archivePath(settings.cache, artefact, javaVersion);
      const training = artefact === kafkaArtefact ? trainBroker : trainRegistry;
      return train(target, (part) => training(settings, { part, template }));
    }),
  );
  done(results.every((succeeded) => succeeded));
}

interface Trainee {
  readonly child: GuardedChild;
  ready(): Promise<boolean>;
}

interface Lesson {
  /** Where the JVM writes the archive when it ends. */
  readonly part: string;
  readonly template: string;
}

const trainingMs = 60_000;

/** A start without the archive is only slower, so a failed training is reported and not fatal. */
async function train(target: string, start: (part: string) => Promise<Trainee>): Promise<boolean> {
  const part = `${target}.part-${process.pid}`;
  const trainee = await start(part);
  const deadline = performance.now() + trainingMs;
  let hasExited = false;
  void trainee.child.exited.then(() => {
    hasExited = true;
  });
  let isReady = false;
  while (!isReady && !hasExited && performance.now() < deadline) {
    isReady = await trainee.ready();
    await delay(100);
  }
  const { code, signal } = await trainee.child.end(trainingMs);
  const isWritten = existsSync(part) && signal !== 'SIGKILL';
  if (isReady && isWritten) renameSync(part, target);
  rmSync(part, { force: true });
  return isReady && isWritten && code !== null;
}

async function trainBroker(settings: PrepareSettings, lesson: Lesson): Promise<Trainee> {
  const [kafka, controller] = [await freePort(), await freePort()];
  const dataFolder = `${lesson.part}.data`;
  const [properties = ''] = prepareBrokers(
    { dataFolder, brokers: 1, proxied: false, ports: { ...portsAt(0), kafka, controller } },
    lesson.template,
  );
  const child = startGuarded(
    {
      command: javaCommand(settings.env),
      args: [
        `-XX:ArchiveClassesAtExit=${lesson.part}`,
        ...kafkaJava(settings.cache),
        'kafka.Kafka',
        properties,
      ],
      cwd: settings.cache,
      env: settings.env,
    },
    join(settings.cache, 'jvm/kafka-training.log'),
  );
  void child.exited.then(() => rmSync(dataFolder, { recursive: true, force: true }));
  return { child, ready: () => brokerAnswers(host, kafka) };
}

async function trainRegistry(settings: PrepareSettings, lesson: Lesson): Promise<Trainee> {
  const port = await freePort();
  const child = startGuarded(
    {
      command: javaCommand(settings.env),
      args: [`-XX:ArchiveClassesAtExit=${lesson.part}`, ...registryJava(settings.cache)],
      cwd: artefactFolder(settings.cache, registryArtefact),
      env: { ...settings.env, QUARKUS_HTTP_HOST: host, QUARKUS_HTTP_PORT: String(port) },
    },
    join(settings.cache, 'jvm/registry-training.log'),
  );
  return { child, ready: () => answersOk(`http://${host}:${port}/apis/ccompat/v7/subjects`) };
}
