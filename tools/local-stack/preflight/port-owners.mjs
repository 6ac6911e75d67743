import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { promisify } from 'node:util';

const listening = '0A';

/** Socket inodes that listen on `port`, from the text of /proc/net/tcp or tcp6 (proc(5)). */
export function listeningInodes(table, port) {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((cells) => cells[1]?.endsWith(`:${hex}`) && cells[3] === listening)
    .map((cells) => cells[9]);
}

/** The first pid and command in `lsof -F pc` output, or undefined. */
export function lsofOwner(text) {
  const pid = /^p(\d+)$/m.exec(text)?.[1];
  if (pid === undefined) return undefined;
  return { pid: Number(pid), command: /^c(.+)$/m.exec(text)?.[1] ?? 'unknown' };
}

/** Those of `ports` that cannot be bound, each with the process that holds it when it can be named. */
export async function busyPorts(ports) {
  const checked = await Promise.all(
    Object.entries(ports).map(async ([name, port]) => ({
      name,
      port,
      busy: !(await canBind(port)),
    })),
  );
  const busy = checked.filter((entry) => entry.busy);
  return Promise.all(
    busy.map(async ({ name, port }) => ({ name, port, owner: await portOwner(port) })),
  );
}

function canBind(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () =>
      server.close(() => resolve(true)),
    );
  });
}

async function portOwner(port) {
  return (await ownerFromProc(port)) ?? ownerFromLsof(port);
}

async function ownerFromProc(port) {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'utf8').catch(() => '')),
  );
  const links = new Set(
    tables.flatMap((table) => listeningInodes(table, port)).map((inode) => `socket:[${inode}]`),
  );
  if (links.size === 0) return undefined;
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    if (await holdsSocket(pid, links)) return { pid: Number(pid), command: await commandOf(pid) };
  }
  return undefined;
}

async function holdsSocket(pid, links) {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => []);
  for (const name of names) {
    const link = await readlink(`/proc/${pid}/fd/${name}`).catch(() => '');
    if (links.has(link)) return true;
  }
  return false;
}

async function commandOf(pid) {
  const raw = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const command = raw.replaceAll('\0', ' ').trim();
  return command.length > 80 ? `${command.slice(0, 77)}...` : command;
}

async function ownerFromLsof(port) {
  const args = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'];
  const { stdout } = await promisify(execFile)('lsof', args).catch(() => ({ stdout: '' }));
  return lsofOwner(stdout);
}
