import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLatch, until } from '@trending/runtime/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { processIsAlive } from '../../preflight/index.mjs';
import type { ServiceName, ServiceSpec } from '../../src/services/spec.ts';
import { createSupervisor, type Supervisor } from '../../src/supervisor/supervisor.ts';

let folder: string;
let supervisor: Supervisor;
let seen: string[];
let gaveUp: ReturnType<typeof createLatch<Error>>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'supervisor-'));
  seen = [];
  insists = false;
  gaveUp = createLatch<Error>();
});
afterEach(async () => {
  await supervisor.stop();
  rmSync(folder, { recursive: true });
});

/** A small real process; `sh` starts in a millisecond. */
function shell(name: ServiceName, script: string, more: Partial<ServiceSpec> = {}): ServiceSpec {
  return {
    name,
    label: name,
    note: '',
    command: 'sh',
    args: ['-c', script],
    cwd: folder,
    env: { PATH: process.env['PATH'] },
    needs: [],
    probe: async () => true,
    readyTimeoutMs: 5_000,
    stopGraceMs: 500,
    fix: 'mend the script',
    ...more,
  };
}

const oneShot = (name: ServiceName, script: string, more: Partial<ServiceSpec> = {}) => {
  const { probe: _, ...spec } = shell(name, script, more);
  return spec;
};

let insists: boolean;

function supervise(...specs: ServiceSpec[]): Supervisor {
  supervisor = createSupervisor(specs, {
    logFolder: folder,
    changed: ({ spec, state }) => void seen.push(`${spec.name} ${state}`),
    restartDelay: (crashTimes) => (crashTimes.length < 5 ? 1 : undefined),
    insists,
    gaveUp: (error) => gaveUp.open(error),
  });
  return supervisor;
}

const pidOf = (name: ServiceName) => supervisor.services.get(name)?.pid;

describe('a supervisor', () => {
  test('starts a service only when what it needs is ready', async () => {
    const write = (text: string) => `printf ${text} >> order`;
    await supervise(
      oneShot('page', write('c'), { needs: ['provision'] }),
      oneShot('provision', write('b'), { needs: ['kafka'] }),
      oneShot('kafka', write('a')),
    ).start();
    expect(readFileSync(join(folder, 'order'), 'utf8')).toBe('abc');
    expect(seen.at(-1)).toBe('page done');
  });

  test('shows the last 20 lines and the fix of a service that fails to start', async () => {
    const script = 'for i in $(seq 30); do echo "line-$i"; done; exit 3';
    const failure = await supervise(oneShot('kafka', script))
      .start()
      .catch((error) => error);
    expect(failure.message).toMatch(/exited with code 3/);
    expect(failure.message).toContain('line-11\n');
    expect(failure.message).not.toContain('line-10\n');
    expect(failure.message).toContain('fix: mend the script');
  });

  test('does not wait for ever for a service that never gets ready', async () => {
    const spec = shell('kafka', 'exec sleep 60', { probe: async () => false, readyTimeoutMs: 100 });
    await expect(supervise(spec).start()).rejects.toThrow(/not ready after 0.1 s/);
    expect(pidOf('kafka')).toBeUndefined();
  });

  test('leaves a service that was started again the time to catch up, as long as it lives', async () => {
    let [isReady, isAlive, asked] = [true, true, 0];
    const spec = shell('kafka', 'exec sleep 60', {
      probe: async () => isReady,
      isAlive: async () => {
        asked += 1;
        return isAlive;
      },
      readyTimeoutMs: 100,
    });
    await supervise(spec).start();
    isReady = false;
    supervisor.services.get('kafka')?.signal('SIGKILL');
    await until({ timeoutMs: 5_000, what: 'patience' }, () => (asked >= 3 ? true : undefined));
    expect(supervisor.services.get('kafka')).toMatchObject({ state: 'restarting', restarts: 1 });
    isAlive = false;
    await until({ timeoutMs: 5_000, what: 'another launch' }, () =>
      supervisor.services.get('kafka')?.restarts === 2 ? true : undefined,
    );
  });

  test('does not wait without end for one that lives and gets nowhere', async () => {
    let [isReady, asked] = [true, 0];
    const spec = shell('kafka', 'exec sleep 60', {
      probe: async () => isReady,
      isAlive: async () => {
        asked += 1;
        return true;
      },
      readyTimeoutMs: 10,
    });
    const service = supervise(spec).services.get('kafka');
    await supervisor.start();
    isReady = false;
    service?.signal('SIGKILL');
    await until({ timeoutMs: 5_000, what: 'another launch' }, () =>
      service?.restarts === 2 ? true : undefined,
    );
    // The next launch may have been asked after, too.
    expect(asked).toBeGreaterThanOrEqual(29);
  });

  test('starts a service again that dies of a signal, as often as a test wants', async () => {
    await supervise(shell('kafka', 'exec sleep 60')).start();
    for (let round = 0; round < 7; round += 1) {
      const before = pidOf('kafka');
      supervisor.services.get('kafka')?.signal('SIGKILL');
      await until({ timeoutMs: 5_000, what: 'another process' }, () => {
        const service = supervisor.services.get('kafka');
        return service?.state === 'ready' && service.pid !== before ? true : undefined;
      });
    }
    expect(supervisor.services.get('kafka')?.restarts).toBe(7);
  });

  test('tells when a process ended, was launched again and was ready', async () => {
    await supervise(shell('kafka', 'exec sleep 60')).start();
    const service = supervisor.services.get('kafka');
    const killedAt = Date.now();
    expect(service?.signal('SIGKILL')).toBe(true);
    const times = await until({ timeoutMs: 5_000, what: 'another process' }, () =>
      (service?.times.readyAt ?? 0) >= killedAt && service?.restarts === 1
        ? service.times
        : undefined,
    );
    const { endedAt = 0, launchedAt = 0, readyAt = 0 } = times;
    expect([killedAt, endedAt, launchedAt, readyAt]).toEqual(
      [killedAt, endedAt, launchedAt, readyAt].sort((a, b) => a - b),
    );
    expect(endedAt).toBeGreaterThan(0);
  });

  test('does not pretend to have signalled a process that is not there', async () => {
    await supervise(shell('kafka', 'exec sleep 60')).start();
    const service = supervisor.services.get('kafka');
    await service?.stop();
    expect(service?.signal('SIGKILL')).toBe(false);
  });

  test('gives up on a service that keeps crashing by itself', async () => {
    supervise(shell('kafka', 'echo broken; exit 1', { probe: async () => true }));
    supervisor.services
      .get('kafka')
      ?.start()
      .catch(() => undefined);
    const error = await gaveUp.opened;
    expect(error.message).toMatch(/too often to try again/);
    expect(error.message).toContain('broken');
    expect(seen.filter((event) => event === 'kafka restarting').length).toBeGreaterThanOrEqual(5);
  });

  test('that insists tries the first start again as well', async () => {
    insists = true;
    const script = 'if [ -e tried ]; then exec sleep 60; fi; touch tried; exit 1';
    const isUp = async () =>
      existsSync(join(folder, 'tried')) && supervisor.services.get('kafka')?.restarts === 1;
    await supervise(shell('kafka', script, { probe: isUp })).start();
    expect([seen[0], seen[1], seen.at(-1)]).toEqual([
      'kafka starting',
      'kafka restarting',
      'kafka ready',
    ]);
  });

  test('stops what ignores a kind word, and everything it started', async () => {
    const script = "trap '' TERM; sleep 61 & echo $! > grandchild; while :; do wait; done";
    await supervise(shell('kafka', script)).start();
    const grandchild = await until({ timeoutMs: 2_000, what: 'the grandchild' }, () => {
      const text = readFileSync(join(folder, 'grandchild'), 'utf8').trim();
      return text === '' ? undefined : Number(text);
    });
    await supervisor.stop();
    await until({ timeoutMs: 2_000, what: 'its end' }, () =>
      processIsAlive(grandchild) ? undefined : true,
    );
    expect(seen.at(-1)).toBe('kafka stopped');
  });

  test('does not restart what was stopped on purpose, until told', async () => {
    await supervise(shell('kafka', 'exec sleep 60')).start();
    const service = supervisor.services.get('kafka');
    await service?.stop();
    expect(service?.state).toBe('stopped');
    await service?.start();
    expect(service?.state).toBe('ready');
    expect(service?.restarts).toBe(0);
  });
});
