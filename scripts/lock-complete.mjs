// Adds optional packages of other platforms that an install on this one left out of package-lock.json.
// Without them `npm ci` fails everywhere with "Missing: ... from lock file". --check only reports.
import { readFileSync, writeFileSync } from 'node:fs';

const lockFile = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(lockFile, 'utf8'));

/** Where npm would put `name` for the package at `parent`: the nearest node_modules that has it, else the top. */
function isLocked(parent, name) {
  for (let at = parent; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (lock.packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`] !== undefined)
      return true;
    if (at === '' || !at.includes('node_modules/'))
      return lock.packages[`node_modules/${name}`] !== undefined;
  }
}

function missing() {
  const found = new Map();
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (!isLocked(path, name)) found.set(name, version);
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const processors = ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64'];

/** A binary package's name says where it runs; the registry at hand may not hold it, so the name has to do. */
function describe(name, version) {
  if (!/^\d+\.\d+\.\d+/.test(version))
    throw new Error(`${name}: optional dependency is not pinned (${version})`);
  const words = name.split(/[/-]/);
  const os = systems.filter((system) => words.includes(system));
  const cpu = processors.filter((processor) => words.includes(processor));
  const entry = { version, optional: true };
  if (os.length > 0) entry.os = os;
  if (cpu.length > 0) entry.cpu = cpu;
  if (os[0] === 'linux' && words.some((word) => word.startsWith('musl'))) entry.libc = ['musl'];
  if (os[0] === 'linux' && words.some((word) => word.startsWith('gnu'))) entry.libc = ['glibc'];
  return entry;
}

const gaps = missing();
if (process.argv.includes('--check')) {
  if (gaps.length > 0) {
    console.error(
      `package-lock.json lacks optional packages of other platforms: ${gaps.map(([name]) => name).join(', ')}.\nRun: npm run lock:complete`,
    );
    process.exit(1);
  }
} else {
  for (const [name, range] of gaps) {
    lock.packages[`node_modules/${name}`] = describe(name, range);
    console.log(`added ${name}@${lock.packages[`node_modules/${name}`].version}`);
  }
  const root = lock.packages[''];
  const sorted = Object.entries(lock.packages)
    .filter(([path]) => path !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  lock.packages = { '': root, ...Object.fromEntries(sorted) };
  writeFileSync(lockFile, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${gaps.length} entries added`);
}
