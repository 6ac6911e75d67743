import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import { freemem } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { busyPorts } from './port-owners.mjs';
import { extraPorts, portsAt } from './ports.mjs';

const run = promisify(execFile);

/** Everything the verdicts rest on, probed in parallel. Slow probes (Docker) only when they can matter. */
export async function gatherFacts({ root, env, portOffset, thorough, flags }) {
  const ports = portsAt(portOffset);
  const [node, java, diskFreeMb, memoryFreeMb, busy] = await Promise.all([
    nodeFacts(root),
    javaMajor(env),
    diskFree(root),
    memoryAvailable(),
    busyPorts({ ...ports, ...(flags && extraPorts(flags, ports)) }),
  ]);
  const maven = onPath('mvn', env);
  const wantsDocker =
    thorough || env.STACK === 'docker' || java === undefined || java < 17 || !maven;
  return {
    node,
    java,
    maven,
    docker: wantsDocker ? await dockerWorks() : undefined,
    installed: existsSync(join(root, 'node_modules/chdb/package.json')),
    diskFreeMb,
    memoryFreeMb,
    busy,
  };
}

/** The major version in the output of `java -version`: 17 for "17.0.15", 8 for "1.8.0_402". */
export function javaMajorOf(text) {
  const match = /version "(\d+)(?:\.(\d+))?/.exec(text);
  if (!match) return undefined;
  const major = Number(match[1]);
  return major === 1 ? Number(match[2]) : major;
}

/** MemAvailable of /proc/meminfo in MB, or undefined. */
export function availableMbOf(meminfo) {
  const kb = /^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1];
  return kb === undefined ? undefined : Math.round(Number(kb) / 1024);
}

async function nodeFacts(root) {
  const running = Number(process.versions.node.split('.')[0]);
  const path = join(root, 'node_modules/.bin/node');
  const version = await run(path, ['--version']).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
  return { running, path, own: version && Number(version.slice(1).split('.')[0]) };
}

async function javaMajor(env) {
  const java = env.JAVA_HOME ? join(env.JAVA_HOME, 'bin/java') : 'java';
  return run(java, ['-version']).then(
    ({ stdout, stderr }) => javaMajorOf(stderr + stdout),
    () => undefined,
  );
}

function onPath(name, env) {
  return (env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function dockerWorks() {
  return run('docker', ['info'], { timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}

async function diskFree(root) {
  const { bavail, bsize } = await statfs(root);
  return Math.round((bavail * bsize) / 2 ** 20);
}

async function memoryAvailable() {
  const meminfo = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  return availableMbOf(meminfo) ?? Math.round(freemem() / 2 ** 20);
}
