import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Artefact, kafkaArtefact, registryArtefact } from '../artefacts/artefact.ts';
import { artefactFolder } from '../artefacts/fetch.ts';
import { mavenFolder } from '../paths.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The java command of JAVA_HOME, else of the PATH. */
export function javaCommand(env: Env): string {
  return env['JAVA_HOME'] ? join(env['JAVA_HOME'], 'bin/java') : 'java';
}

/** C1 only and the serial collector: on two cores a fast start and idle neighbours beat peak speed. */
const quickStart = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto'];

/** Flags and class path of the Kafka jars; sorted, because a class archive remembers the order. */
export function kafkaJava(cache: string): string[] {
  const folder = artefactFolder(cache, kafkaArtefact);
  const jars = readdirSync(folder)
    .filter((name) => name.endsWith('.jar'))
    .sort()
    .map((name) => join(folder, name));
  return [
    ...quickStart,
    `-Dlog4j2.configurationFile=${join(mavenFolder, 'log4j2.properties')}`,
    '-cp',
    jars.join(':'),
  ];
}

export function registryJava(cache: string): string[] {
  const jar = join(
    artefactFolder(cache, registryArtefact),
    'apicurio-registry-app-3.0.9-runner.jar',
  );
  return [...quickStart, '-jar', jar];
}

/** Where the class archive of one artefact is kept. It fits one Java and one place of the jars only. */
export function archivePath(cache: string, artefact: Artefact, javaVersion: string): string {
  const place = artefactFolder(cache, artefact);
  const stamp = createHash('sha256').update(`${javaVersion}\n${place}`).digest('hex').slice(0, 12);
  const folder = join(cache, 'jvm/class-archives');
  mkdirSync(folder, { recursive: true });
  return join(folder, `${artefact.name}-${stamp}.jsa`);
}

/** The flag that lets the JVM map classes parsed once instead of parsing them again; none when absent. */
export function archiveFlag(path: string): string[] {
  return existsSync(path) ? [`-XX:SharedArchiveFile=${path}`] : [];
}
