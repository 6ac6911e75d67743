import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Reporter } from '../reporter.ts';
import { brokerProperties } from '../services/broker.ts';
import { javaCommand, kafkaJava } from '../services/jvm.ts';
import { runToEnd } from '../supervisor/run-to-end.ts';

export interface PrepareSettings {
  readonly cache: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly reporter: Reporter;
}

const clusterId = 'dHJlbmRpbmctbG9jYWwtMQ';

/** The exact Java, as `java -version` names it: a class archive fits no other. */
export async function javaVersionText(env: PrepareSettings['env']): Promise<string> {
  const { stderr, stdout } = await promisify(execFile)(javaCommand(env), ['-version']);
  return stderr + stdout;
}

/** A log folder formatted once by Kafka's own tool; every new stack starts from a copy (saves a JVM start). */
export async function formattedTemplate({ cache, env }: PrepareSettings): Promise<string> {
  const template = join(cache, 'jvm/kafka-4.3.0-formatted');
  if (existsSync(join(template, 'meta.properties'))) return template;
  const staging = `${template}.part-${process.pid}`;
  mkdirSync(staging, { recursive: true });
  const properties = `${staging}.properties`;
  writeFileSync(
    properties,
    brokerProperties({ kafka: 9092, controller: 9093, logFolder: staging }),
  );
  try {
    await runToEnd({
      command: javaCommand(env),
      args: [
        ...kafkaJava(cache),
        'kafka.tools.StorageTool',
        'format',
        '-t',
        clusterId,
        '-c',
        properties,
      ],
      cwd: cache,
      log: join(cache, 'jvm/kafka-format.log'),
      timeoutMs: 60_000,
      fix: 'npm run doctor; a damaged download is cured by removing .cache/jvm',
    });
    if (!existsSync(template)) renameSync(staging, template);
  } finally {
    rmSync(staging, { recursive: true, force: true });
    rmSync(properties, { force: true });
  }
  return template;
}
