import { join } from 'node:path';
import { mavenFolder } from '../paths.ts';

/** A piece of third-party software fetched once with Maven, or something small built on it. */
export interface Artefact {
  readonly name: string;
  readonly label: string;
  readonly sizeMb: number;
  readonly pom: string;
  readonly goals: readonly string[];
  /** Files that must be there for it to run; the rest is checked against the list written at the fetch. */
  readonly mustHave: readonly string[];
}

const dependencyPlugin = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1';

export const kafkaArtefact: Artefact = {
  name: 'kafka-4.3.0',
  label: 'Kafka 4.3.0',
  sizeMb: 44,
  pom: join(mavenFolder, 'kafka-pom.xml'),
  goals: [`${dependencyPlugin}:copy-dependencies`],
  mustHave: ['kafka_2.13-4.3.0.jar', 'kafka-clients-4.3.0.jar', 'log4j-slf4j-impl-2.25.4.jar'],
};

export const registryArtefact: Artefact = {
  name: 'apicurio-registry-3.0.9',
  label: 'Apicurio Registry 3.0.9',
  sizeMb: 115,
  pom: join(mavenFolder, 'registry-pom.xml'),
  goals: [`${dependencyPlugin}:unpack`],
  mustHave: ['apicurio-registry-app-3.0.9-runner.jar'],
};

export const artefacts: readonly Artefact[] = [kafkaArtefact, registryArtefact];
