import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gatherFacts } from '@trending/local-stack/preflight/index.mjs';
import type { Artefact } from '@trending/local-stack/src/artefacts/artefact.ts';
import { artefactFolder, fetchArtefacts } from '@trending/local-stack/src/artefacts/fetch.ts';
import { cacheFolder, root } from '@trending/local-stack/src/paths.ts';
import { createReporter } from '@trending/local-stack/src/reporter.ts';
import { javaCommand } from '@trending/local-stack/src/services/jvm.ts';
import type { Drained } from '../drain.ts';

const run = promisify(execFile);
const source = fileURLToPath(new URL('../../peers-java/kafka-streams', import.meta.url));
const avsc = fileURLToPath(new URL('../../../schemas/token-view.avsc', import.meta.url));
const namePrefix = 'kafka-streams-peer-';
const plugin = (name: string): string => `org.apache.maven.plugins:maven-${name}-plugin`;

/** What this machine lacks to build and run it, or undefined. */
export async function whyNoPeer(): Promise<string | undefined> {
  const env = process.env;
  const { java, maven } = await gatherFacts({ root, env, portOffset: 0, thorough: false });
  if (java === undefined || java < 17) return `Java 17 is needed, here is ${java ?? 'none'}`;
  if (!maven) return 'Maven (mvn) is needed, here is none';
  const { stdout } = await run(javaCommand(env), ['--list-modules']);
  return stdout.includes('jdk.compiler') ? undefined : 'a JDK is needed, this Java cannot compile';
}

/** A folder in the cache with its classes and libraries. Built once, and again when its sources change. */
export async function buildPeer(): Promise<string> {
  const cache = cacheFolder(process.env);
  const peer: Artefact = {
    name: `${namePrefix}${sourceHash()}`,
    label: 'Kafka Streams 4.3.0, compiling the peer made with it',
    sizeMb: 90,
    pom: join(source, 'pom.xml'),
    goals: [`${plugin('compiler')}:compile`, `${plugin('dependency')}:copy-dependencies`],
    mustHave: [
      'classes/Drain.class',
      ...['kafka-streams-4.3.0', 'avro-1.12.0', 'datasketches-java-6.2.0'].map(
        (library) => `lib/${library}.jar`,
      ),
    ],
  };
  await fetchArtefacts({ cache, reporter: createReporter(process.stderr) }, [peer]);
  const folder = artefactFolder(cache, peer);
  for (const name of readdirSync(dirname(folder)))
    if (isFormer(name, peer.name)) rmSync(join(dirname(folder), name), { recursive: true });
  return folder;
}

/** Of other sources than these, with its 90 MB, or its log; not one that is being built. */
function isFormer(name: string, current: string): boolean {
  if (!name.startsWith(namePrefix) || name.startsWith(current)) return false;
  return /-[0-9a-f]{12}(-maven\.log)?$/.test(name);
}

function sourceHash(): string {
  const hash = createHash('sha256');
  const files = readdirSync(join(source, 'src')).sort();
  for (const path of ['pom.xml', ...files.map((name) => `src/${name}`)])
    hash.update(path).update(readFileSync(join(source, path)));
  return hash.digest('hex').slice(0, 12);
}

/** See `ViewCounts.java`. */
export interface Counting {
  readonly mode: 'in-memory' | 'exactly-once' | 'rocksdb' | 'same-work';
  readonly threads: number;
  /** How often the backlog is drained in one JVM. */
  readonly laps: number;
}

export interface CountedBacklog {
  readonly broker: string;
  readonly topic: string;
  readonly views: number;
}

/** One lap. */
export interface Counted extends Drained {
  /** Until the changelog has every count and the offsets are committed. */
  readonly writtenPerSecond: number;
  /** What the stores held in the end: views, and pairs of token and pane. */
  readonly views: number;
  readonly cells: number;
  /** Of mode `same-work`, summed over cells, 0 else: visitors of cells with few of them, then how many other cells there are and their visitors. */
  readonly exactVisitors: number;
  readonly sketchedCells: number;
  readonly sketchedVisitors: number;
}

/** Has the peer in `folder` count a backlog in a JVM of its own; every lap. @throws Error when the stores hold another number of views. */
export async function countWithStreams(
  folder: string,
  backlog: CountedBacklog,
  { mode, threads, laps }: Counting,
): Promise<Counted[]> {
  const { stdout } = await run(javaCommand(process.env), [
    // The collector is the JVM's own choice: G1 was faster than the parallel one.
    '-Xmx2g',
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=error',
    ...['-cp', [join(folder, 'classes'), join(folder, 'lib/*')].join(delimiter), 'Drain'],
    ...[backlog.broker, backlog.topic, String(backlog.views), avsc],
    ...[mode, String(threads), String(laps)],
  ]);
  const figures = (word: string): number[] =>
    [...stdout.matchAll(new RegExp(`^${word} ([0-9.]+)$`, 'gm'))].map(([, text]) => Number(text));
  const nth = (word: string, lap: number): number => figures(word)[lap] ?? Number.NaN;
  return Array.from({ length: laps }, (_, lap) => ({
    viewsPerSecond: nth('RATE', lap),
    writtenPerSecond: nth('WRITTEN', lap),
    cpuMicrosPerView: nth('CPU', lap),
    views: nth('COUNTED', lap),
    cells: nth('CELLS', lap),
    exactVisitors: nth('EXACT', lap),
    sketchedCells: nth('SKETCHED', lap),
    sketchedVisitors: nth('ESTIMATED', lap),
    peakRssMiB: nth('RSS', 0),
  }));
}
