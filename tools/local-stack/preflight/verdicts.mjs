const needed = { node: 24, java: 17, memoryMb: 1500, diskMb: 1000 };

/** Which stack to run: `STACK` decides, else Java with Maven (or a filled cache), else Docker, else none. */
export function chooseStack(facts, { wanted, cached }) {
  if (wanted === 'local' || wanted === 'docker') return wanted;
  if (facts.java >= needed.java && (facts.maven || cached)) return 'local';
  return facts.docker ? 'docker' : 'none';
}

/** One line per check, each with its fix; `level` fail stops the start. */
export function verdictsOf(facts, { stack, cached, env }) {
  const verdicts = [nodeVerdict(facts), installVerdict(facts), stackVerdict(env)];
  if (stack !== 'docker') verdicts.push(javaVerdict(facts), mavenVerdict(facts, cached));
  if (facts.docker !== undefined) verdicts.push(dockerVerdict(facts, stack));
  if (stack === 'none') verdicts.push(neitherVerdict());
  verdicts.push(...portVerdicts(facts), memoryVerdict(facts), diskVerdict(facts));
  return verdicts.filter((verdict) => verdict !== undefined);
}

export function hasFailed(verdicts) {
  return verdicts.some(({ level }) => level === 'fail');
}

function ok(name, text) {
  return { name, level: 'ok', text };
}

function nodeVerdict({ node }) {
  if (node.own >= needed.node) return ok('node', `Node ${node.own} from node_modules`);
  if (node.own === undefined && node.running >= needed.node)
    return ok('node', `Node ${node.running}`);
  return {
    name: 'node',
    level: 'fail',
    text: `Node ${needed.node} of this project is missing (running on Node ${node.running})`,
    fix: 'npm ci; after an install with --ignore-scripts: npm rebuild node',
  };
}

function installVerdict({ installed }) {
  if (installed) return ok('packages', 'installed');
  return { name: 'packages', level: 'fail', text: 'node_modules is incomplete', fix: 'npm ci' };
}

function stackVerdict(env) {
  const wanted = env.STACK ?? '';
  if (['', 'local', 'docker'].includes(wanted)) return undefined;
  return {
    name: 'STACK',
    level: 'fail',
    text: `STACK is "${wanted}"`,
    fix: 'use STACK=local or STACK=docker, or leave it unset',
  };
}

function javaVerdict({ java }) {
  if (java >= needed.java) return ok('java', `Java ${java}`);
  return {
    name: 'java',
    level: 'fail',
    text: java === undefined ? 'Java is missing' : `Java ${java} is older than ${needed.java}`,
    fix: 'apt-get install openjdk-17-jre-headless, or brew install openjdk@17, or set JAVA_HOME',
  };
}

function mavenVerdict({ maven }, cached) {
  if (maven) return ok('maven', 'found');
  if (cached) return ok('maven', 'missing, and not needed: everything is fetched already');
  return {
    name: 'maven',
    level: 'fail',
    text: 'Maven is missing; it fetches Kafka and the schema registry once',
    fix: 'apt-get install maven, or brew install maven',
  };
}

function dockerVerdict({ docker }, stack) {
  if (docker) return ok('docker', 'engine answers');
  return {
    name: 'docker',
    level: stack === 'docker' ? 'fail' : 'info',
    text: 'no Docker engine answers `docker info`',
    fix:
      stack === 'docker'
        ? 'start Docker, or unset STACK to run without it'
        : 'only needed for STACK=docker',
  };
}

function neitherVerdict() {
  return {
    name: 'stack',
    level: 'fail',
    text: 'neither Java 17 with Maven nor a Docker engine is here; one of the two is enough',
    fix: 'either apt-get install openjdk-17-jre-headless maven, or start Docker; then npm start again',
  };
}

function portVerdicts({ busy }) {
  if (busy.length === 0) return [ok('ports', 'all free')];
  return busy.map(({ name, port, owner }) => ({
    name: 'ports',
    level: 'fail',
    text: `port ${port} (${name}) is held by ${ownerText(owner)}`,
    fix: owner
      ? `stop it (kill ${owner.pid}), or run beside it: npm start -- --port-offset 100`
      : 'find it with: ss -ltnp; or run beside it: npm start -- --port-offset 100',
  }));
}

function ownerText(owner) {
  return owner ? `process ${owner.pid}: ${owner.command}` : 'a process of another user';
}

function memoryVerdict({ memoryFreeMb }) {
  if (memoryFreeMb >= needed.memoryMb) return ok('memory', `${memoryFreeMb} MB available`);
  return {
    name: 'memory',
    level: 'warn',
    text: `${memoryFreeMb} MB available, the stack takes about ${needed.memoryMb} MB`,
    fix: 'close something large, or run less: npm start -- --no-demo',
  };
}

function diskVerdict({ diskFreeMb }) {
  if (diskFreeMb >= needed.diskMb) return ok('disk', `${diskFreeMb} MB free`);
  return {
    name: 'disk',
    level: diskFreeMb < 300 ? 'fail' : 'warn',
    text: `${diskFreeMb} MB free, ${needed.diskMb} MB wanted`,
    fix: 'free some space, or set TRENDING_CACHE to a folder on another disk',
  };
}
