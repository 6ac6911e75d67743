import type { IncomingMessage } from 'node:http';
import { Writable } from 'node:stream';
import { ManualClock } from '@trending/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Doorkeeper } from '../../src/adapters/doorkeeper.ts';
import { OriginRule } from '../../src/adapters/origin-rule.ts';
import { addressGroup } from '../../src/domain/address-group.ts';
import { transports } from '../support/push-clients.ts';
import { rawUpgrade } from '../support/raw-upgrade.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

const clock = new ManualClock(1_700_000_100_000);
const paths = ['/ws/trending', '/socket.io/?EIO=4&transport=websocket'] as const;

describe('the door', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({
      clock,
      env: {
        ...{ ALLOWED_ORIGINS: 'https://home.example', TRUST_PROXY: 'loopback' },
        ...{ CONNECTIONS_PER_ADDRESS_MAX: '2', CONNECTION_ATTEMPTS_PER_MINUTE: '5' },
      },
    });
  });
  afterAll(() => gateway.stop());
  const from = (address: string) => ({ 'x-forwarded-for': address });

  it.each(paths)('answers a page of another origin before the upgrade: %s', async (path) => {
    const origin = (value: string) => ({ origin: value, ...from(`198.51.100.${path.length}`) });
    const evil = await rawUpgrade(gateway.url, path, origin('https://evil.example'));
    expect(evil.status).toBeGreaterThanOrEqual(400);
    expect(evil.head).not.toContain('101');
    expect((await rawUpgrade(gateway.url, path, origin('https://home.example'))).status).toBe(101);
    // rawUpgrade asks the host x; a proxy in front may have ended TLS.
    expect((await rawUpgrade(gateway.url, path, origin('https://x'))).status).toBe(101);
  });

  it.each(paths)('lets one address begin five connections a minute: %s', async (path) => {
    const address = from(`203.0.113.${path.length}`);
    const statuses: number[] = [];
    for (let i = 0; i < 6; i += 1) {
      statuses.push((await rawUpgrade(gateway.url, path, address)).status);
    }
    expect(statuses[0]).toBe(101);
    expect(statuses[5]).toBeGreaterThanOrEqual(400);
    const stream = await fetch(`${gateway.url}/api/v1/trending/stream`, { headers: address });
    expect([stream.status, stream.headers.get('retry-after')]).toEqual([429, '60']);
    expect((await rawUpgrade(gateway.url, path, from('203.0.113.250'))).status).toBe(101);
    clock.advance(60_000);
    expect((await rawUpgrade(gateway.url, path, address)).status).toBe(101);
  });

  it('lets one address hold two connections, and another one once the first has gone', async () => {
    clock.advance(60_000);
    const [webSocket] = transports;
    const clients = await Promise.all([1, 2].map(() => webSocket!.connect(gateway.url)));
    await expect(webSocket!.connect(gateway.url)).rejects.toThrow('429');
    const stream = await fetch(`${gateway.url}/api/v1/trending/stream`);
    expect([stream.status, ((await stream.json()) as { type: string }).type]).toEqual([
      429,
      '/docs/errors.md#too-many-connections',
    ]);
    // Nobody knows when one of the two will go.
    expect(stream.headers.get('retry-after')).toBe('5');
    const upgrade = await rawUpgrade(gateway.url, paths[0]);
    expect(upgrade.head.toLowerCase()).toContain('retry-after: 5');
    clients[0]!.close();
    await clients[0]!.ended;
    clock.advance(60_000);
    const third = await webSocket!.connect(gateway.url);
    for (const client of [clients[1]!, third]) client.close();
  });
});

describe('which pages may connect', () => {
  const rule = new OriginRule(['https://home.example']);
  it.each([
    ['https://home.example', 'gateway.example', true],
    [undefined, undefined, true],
    ['https://gateway.example', 'gateway.example', true],
    ['http://gateway.example', 'gateway.example', true],
    ['https://gateway.example', 'gateway.example:443', true],
    ['http://127.0.0.1:3002', '127.0.0.1:3002', true],
    ['http://[::1]:3002', '[::1]:3002', true],
    ['http://127.0.0.1:8080', '127.0.0.1:3002', false],
    ['https://evil.example', 'gateway.example', false],
    ['https://gateway.example.evil.example', 'gateway.example', false],
    ['https://evil.example', undefined, false],
    ['null', 'null', false],
    ['file://', '', false],
    ['https://evil.example', 'x@evil.example/', false],
  ])('of %s at %s: %s', (origin, host, isAllowed) => {
    expect(rule.allows(origin, host)).toBe(isAllowed);
  });
});

describe('an upgrade whose socket was reset', () => {
  /** What a listener of `upgrade` gets once the other end has gone. */
  const upgradeOf = (socket: object | undefined, headers: Record<string, string> = {}) =>
    ({
      ...{ method: 'GET', url: paths[1], headers: { upgrade: 'websocket', ...headers }, socket },
    }) as IncomingMessage;

  it.each([
    ['false', {}],
    ['loopback', { 'x-forwarded-for': '192.0.2.7' }],
    ['10.0.0.0/8,loopback', { 'x-forwarded-for': '192.0.2.7' }],
  ])('counts as one from nowhere; trusted proxies: %s', (trustProxy, headers) => {
    const door = new Doorkeeper({
      ...{ origins: new OriginRule(['*']), clock, perAddressMax: 1, attemptsPerMinuteMax: 0 },
      trustProxy: trustProxy === 'false' ? false : trustProxy,
    });
    const request = upgradeOf({ remoteAddress: undefined }, headers);
    expect(door.refusal(request)).toBeUndefined();
    const leave = door.enter(request);
    expect(door.refusal(request)?.status).toBe(429);
    leave();
    expect(door.refusal(request)).toBeUndefined();
  });

  it('is refused when even asking about it fails, and nothing is thrown at the server', async () => {
    const gateway = await startGateway();
    const answers: string[] = [];
    const socket = new Writable({
      write(chunk, _encoding, done) {
        answers.push(String(chunk));
        done();
      },
    });
    // A request without a socket: whatever asks for its address throws.
    gateway.app.server.emit('upgrade', upgradeOf(undefined), socket, Buffer.alloc(0));
    expect(answers.join('')).toMatch(/^HTTP\/1\.1 400 /);
    await gateway.stop();
  });
});

describe('who counts as one', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:0db8:1:2::9', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
  ])('%s counts as %s', (address, group) => {
    expect(addressGroup(address)).toBe(group);
  });
});
