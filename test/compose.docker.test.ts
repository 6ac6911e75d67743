import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  DockerComposeEnvironment,
  type StartedDockerComposeEnvironment,
  Wait,
} from 'testcontainers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { basePorts } from '../tools/local-stack/preflight/index.mjs';
import { composeEnv } from '../tools/local-stack/src/docker-stack.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

interface ComposeService {
  readonly image?: string;
  readonly build?: { readonly target: string };
  readonly ports?: readonly (string | { readonly published: string; readonly host_ip?: string })[];
  readonly profiles?: readonly string[];
  readonly healthcheck?: object;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly init?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly mem_limit?: string | number;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

/** The composed file as JSON by whichever compose is here; undefined when there is none. */
function composedServices(): Readonly<Record<string, ComposeService>> | undefined {
  const env = { ...process.env, ...composeEnv(100, true) };
  const run = (command: string, args: string[]) =>
    execFileSync(command, args, { cwd: root, env, encoding: 'utf8', stdio: 'pipe' });
  const profiles = ['--profile', 'demo', '--profile', 'tools', 'config'];
  try {
    return JSON.parse(run('docker', ['compose', ...profiles, '--format', 'json'])).services;
  } catch {
    return fromPythonCompose(run, profiles);
  }
}

/** Compose 1 prints YAML only; its own Python reads it. */
function fromPythonCompose(run: (command: string, args: string[]) => string, profiles: string[]) {
  try {
    const script =
      'import json,subprocess,sys,yaml; print(json.dumps(yaml.safe_load(subprocess.check_output(sys.argv[1:]))))';
    return JSON.parse(run('python3', ['-c', script, 'docker-compose', ...profiles])).services;
  } catch {
    return undefined;
  }
}

const services = composedServices();
const all = Object.entries(services ?? {});
const longRunning = all.filter(([name]) => name !== 'init');

describe.skipIf(services === undefined)('docker-compose.yml', () => {
  test('publishes the ports of npm start, moved by the offset, on the loopback only', () => {
    const published = all
      .flatMap(([, { ports = [] }]) => ports)
      .map((port) =>
        typeof port === 'string'
          ? port.split(':').slice(0, 2).join(':')
          : `${port.host_ip}:${port.published}`,
      );
    const { controller: _, ...expected } = basePorts;
    for (const port of Object.values(expected))
      expect(published).toContain(`127.0.0.1:${port + 100}`);
    expect(published.every((port) => port.startsWith('127.0.0.1:'))).toBe(true);
  });

  test('has a health check on every service others wait for', () => {
    const awaited = new Set(all.flatMap(([, { depends_on = {} }]) => Object.keys(depends_on)));
    expect([...awaited].sort()).toEqual([
      'clickhouse',
      'init',
      'kafka',
      'producer-api',
      'push-gateway',
      'registry',
      'stream-processor',
    ]);
    for (const [name, { healthcheck }] of longRunning) {
      if (name !== 'kafka-ui') expect(healthcheck, name).toBeDefined();
    }
    for (const [name, { depends_on = {} }] of all) {
      for (const [need, { condition }] of Object.entries(depends_on)) {
        const wanted = need === 'init' ? 'service_completed_successfully' : 'service_healthy';
        expect(condition, `${name} on ${need}`).toBe(wanted);
      }
    }
  });

  test('pins every image it does not build', () => {
    for (const [name, { image = '', build }] of all) {
      if (build === undefined) expect(image, name).toMatch(/:v?\d+\.\d+\.\d+/);
    }
  });

  test.each(all)(
    '%s runs read-only, without capabilities, with an init process and limits',
    (_, service) => {
      expect(service).toMatchObject({ read_only: true, init: true, cap_drop: ['ALL'] });
      expect(service.security_opt).toEqual(['no-new-privileges:true']);
      expect(service.mem_limit).toBeDefined();
    },
  );

  test('keeps the Kafka UI and the demo traffic behind profiles', () => {
    expect(services?.['kafka-ui']?.profiles).toEqual(['tools']);
    expect(services?.['demo-traffic']?.profiles).toEqual(['demo']);
  });
});

const engine = dockerAnswers();

function dockerAnswers(): boolean {
  try {
    execFileSync('docker', ['info'], { stdio: 'pipe', timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

describe('the composed stack', () => {
  const offset = 21_000;
  let environment: StartedDockerComposeEnvironment | undefined;

  beforeAll(async () => {
    if (!engine) return;
    environment = await new DockerComposeEnvironment(root, 'docker-compose.yml')
      .withBuild()
      .withEnvironment(composeEnv(offset, false))
      .withWaitStrategy('push-gateway-1', Wait.forHealthCheck())
      .withStartupTimeout(900_000)
      .up();
  }, 900_000);
  afterAll(async () => environment?.down({ removeVolumes: true }), 60_000);

  test('takes a view and shows it on the board', async (context) => {
    if (!engine) context.skip('no Docker engine answers `docker info`');
    const address = '0x6982508145454ce325ddbe47a25d4ec3d2311933';
    const accepted = await fetch(
      `http://127.0.0.1:${basePorts.producer + offset}/api/v1/tokens/${address}/view?chain=eth`,
      { method: 'POST', headers: { authorization: 'Bearer trending-dev-key' } },
    );
    expect(accepted.status).toBe(202);
    await expect
      .poll(
        async () => {
          const query = 'SELECT count() FROM trending.token_views';
          const url = `http://127.0.0.1:${basePorts.clickhouse + offset}/?query=${encodeURIComponent(query)}`;
          return Number(await (await fetch(url)).text());
        },
        { timeout: 30_000 },
      )
      .toBeGreaterThan(0);
  });
});
