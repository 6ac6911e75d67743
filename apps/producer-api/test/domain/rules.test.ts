import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventTime, maxAheadMs, maxBehindMs } from '../../src/domain/event-time.ts';
import { networkPrefix } from '../../src/domain/network-prefix.ts';
import { RecentEvents } from '../../src/domain/recent-events.ts';
import { robotKind } from '../../src/domain/robots.ts';
import { metadataOf, safeLogo } from '../../src/domain/token-list.ts';
import { chargeAll, type QuotaAnswer, ViewQuota } from '../../src/domain/view-quota.ts';
import { weightMicro } from '../../src/domain/weight.ts';
import { timeOf } from '../../src/time-text.ts';

describe('event time', () => {
  const receivedAt = 1_741_089_600_000;
  test('is never ahead of the service, and only backfill is older than a day', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -2 * maxBehindMs, max: 2 * maxAheadMs }),
        fc.boolean(),
        (offset, mayBackfill) => {
          const time = eventTime({ given: receivedAt + offset, receivedAt, mayBackfill });
          const isFuture = offset > maxAheadMs;
          const isOld = offset < -maxBehindMs;
          if (isFuture || (isOld && !mayBackfill)) expect(time).toHaveProperty('code');
          else
            expect(time).toEqual({
              viewedAt: receivedAt + Math.min(offset, 0),
              isTrusted: true,
              isBackfill: isOld,
            });
        },
      ),
    );
  });
});

describe('weights', () => {
  test.each([
    [{ isRobot: true, dwellMs: null, source: 'web' }, 0],
    [{ isRobot: false, dwellMs: null, source: 'web' }, 1_000_000],
    [{ isRobot: false, dwellMs: 1, source: 'web' }, 1_000_000],
    [{ isRobot: false, dwellMs: 0, source: 'web' }, 250_000],
    [{ isRobot: false, dwellMs: null, source: 'trending_list' }, 500_000],
    [{ isRobot: false, dwellMs: 0, source: 'trending_list' }, 125_000],
    [{ isRobot: true, dwellMs: 0, source: 'trending_list' }, 0],
  ])('%j weighs %i', (facts, weight) => expect(weightMicro(facts)).toBe(weight));
});

describe('robots', () => {
  const strict = { areHttpToolsRobots: true };
  const lenient = { areHttpToolsRobots: false };
  test.each([
    ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'crawler'],
    ['Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)', 'crawler'],
    ['Mozilla/5.0 (compatible; YandexBot/3.0)', 'crawler'],
    ['Mozilla/5.0 AppleWebKit/537.36 (compatible; GPTBot/1.2)', 'crawler'],
    ['Scrapy/2.11', 'crawler'],
    ['Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/133.0.0.0 Safari/537.36', 'headless'],
    ['facebookexternalhit/1.1', 'preview'],
    ['TelegramBot (like TwitterBot)', 'preview'],
    ['UptimeRobot/2.0', 'monitor'],
  ])('%s is a %s', (userAgent, kind) => expect(robotKind(userAgent, lenient)).toBe(kind));
  test.each(['curl/8.5.0', 'python-requests/2.31', 'node', 'undici', 'Go-http-client/2.0', ''])(
    '%j is a tool, which counts unless configured otherwise',
    (userAgent) => {
      expect(robotKind(userAgent, strict)).toBe('http-tool');
      expect(robotKind(userAgent, lenient)).toBeUndefined();
    },
  );
  test.each([
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Safari/537.36 Edg/133.0',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 Version/18.3 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (Linux; Android 14; CUBOT P80) AppleWebKit/537.36 Chrome/133.0 Mobile Safari/537.36',
    'Mozilla/5.0 (X11; Linux x86_64; rv:135.0) Gecko/20100101 Firefox/135.0',
  ])('%s is a person', (userAgent) => expect(robotKind(userAgent, strict)).toBeUndefined());
  test('a very long user agent is judged in no time', () => {
    expect(robotKind(`yandex${'a'.repeat(1_000_000)}`, strict)).toBeUndefined();
  });
});

describe('network prefix', () => {
  test.each([
    ['203.0.113.7', '203.0.113.0/24'],
    ['::ffff:203.0.113.7', '203.0.113.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['2001:0DB8:0001::1', '2001:db8:1::/48'],
    ['fe80::1%eth0', 'fe80:0:0::/48'],
    ['::1', '0:0:0::/48'],
    ['::', '0:0:0::/48'],
    ['1::', '1:0:0::/48'],
    ['256.1.1.1', undefined],
    ['1.2.3', undefined],
    ['1:2:3', undefined],
    ['1::2::3', undefined],
    ['1:2:3:4:5:6:7:8:9', undefined],
    ['house-7', undefined],
    ['', undefined],
    ['x'.repeat(100), undefined],
  ])('of %s is %s', (ip, prefix) => expect(networkPrefix(ip)).toBe(prefix));
  test('is shared by the whole /24 and by nobody else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), ([a = 0, b, c = 0, d]) => {
        const prefix = networkPrefix(`${a}.${b}.${c}.${d}`);
        expect(prefix).toBe(networkPrefix(`${a}.${b}.${c}.0`));
        expect(prefix).not.toBe(networkPrefix(`${a}.${b}.${(c + 1) % 256}.${d}`));
      }),
    );
  });
});

describe('recent events', () => {
  test('never forget the newest, and never hold more than two generations', () => {
    const ids = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.constantFrom('a', 'b')), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(ids, (views) => {
        const recent = new RecentEvents(5);
        const first = new Map<number, string>();
        const order: number[] = [];
        for (const [id, payload] of views) {
          const said = recent.recall(String(id), payload);
          const isFresh = order.slice(-5).includes(id);
          if (isFresh) expect(said).toBe(first.get(id) === payload ? 'duplicate' : 'conflict');
          if (said === 'new') {
            first.set(id, payload);
            order.push(id);
          } else expect(order.slice(-10)).toContain(id);
          recent.remember(String(id), payload);
        }
      }),
    );
  });
});

describe('view quota', () => {
  const quota = () => new ViewQuota({ windowMs: 1000, namesMax: 2 });
  const charge = (q: ViewQuota, name: string, views: number) => [
    { quota: q, ask: { name, views, max: 10 } },
  ];
  const wait = (answer: QuotaAnswer | undefined) => (answer?.isGranted ? 0 : answer?.resetMs);
  test('takes whole batches or nothing, and says how long to wait', () => {
    const q = quota();
    const take = (name: string, views: number, now: number) =>
      wait(chargeAll(charge(q, name, views), now));
    expect(take('a', 8, 5_000)).toBe(0);
    expect(take('a', 3, 5_200)).toBe(800);
    expect(take('a', 2, 5_999)).toBe(0);
    expect(take('b', 10, 5_999)).toBe(0);
    expect(take('a', 10, 6_000)).toBe(0);
  });
  test('forgets rather than grow', () => {
    const q = quota();
    for (const name of ['a', 'b', 'c', 'a'])
      expect(chargeAll(charge(q, name, 10), 0)).toMatchObject({ isGranted: true, remaining: 0 });
  });
  test('takes from none when one of several is spent, and answers for the longest wait', () => {
    const [minute, day] = [quota(), new ViewQuota({ windowMs: 5_000, namesMax: 2 })];
    const both = (views: number, now: number) =>
      chargeAll(
        [
          { quota: minute, ask: { name: 'a', views, max: 10 } },
          { quota: day, ask: { name: 'a', views, max: 15 } },
        ],
        now,
      );
    expect(both(8, 0)).toMatchObject({ isGranted: true, max: 10, remaining: 2 });
    expect(both(8, 100)).toEqual({ isGranted: false, max: 15, remaining: 7, resetMs: 4_900 });
    expect(both(7, 1_000)).toMatchObject({ isGranted: true, max: 15, remaining: 0 });
    expect(both(1, 5_000)).toMatchObject({ isGranted: true, max: 10, remaining: 9 });
  });
  test('is nothing when there is nothing to take from', () => {
    expect(chargeAll([], 0)).toBeUndefined();
  });
});

describe('times in requests', () => {
  test.each([
    [undefined, undefined],
    [0, 0],
    [1_741_089_600_000, 1_741_089_600_000],
    ['2025-03-04T12:00:00Z', 1_741_089_600_000],
    ['2025-03-04T12:00Z', 1_741_089_600_000],
    ['2025-03-04T12:00:00.123456789Z', 1_741_089_600_123],
    ['2025-03-04T13:00:00+01:00', 1_741_089_600_000],
    ['2024-02-29T00:00:00Z', 1_709_164_800_000],
  ])('%s is %s', (given, ms) => expect(timeOf(given)).toBe(ms));
  test.each([
    '',
    'now',
    '2025-03-04',
    '2025-03-04T12:00:00',
    '2025-02-30T12:00:00Z',
    '1741089600000',
    '2025-13-01T00:00:00Z',
    '1950-01-01T00:00:00Z',
    '2025-03-04 12:00:00Z',
  ])('%j is not a time', (given) => expect(timeOf(given)).toBeNaN());
});

describe('token metadata', () => {
  const token = { chain: 'eth', address: '0xab' };
  test('makes category slugs of tags and drops what cannot be one', () => {
    const given = {
      name: 'A',
      symbol: 'B',
      categories: ['meme'],
      tags: ['Meme', 'Liquid Staking', 'ü', 'x'.repeat(40)],
    };
    expect(metadataOf(token, given, 7)).toEqual({
      ...token,
      name: 'A',
      symbol: 'B',
      categories: ['liquid-staking', 'meme'],
      createdAt: null,
      logoUri: null,
      updatedAt: 7,
    });
  });
  test.each([
    ['https://x/y.png', true],
    ['ipfs://Qm', true],
    ['http://x/y.png', false],
    ['javascript:alert(1)', false],
  ])('keeps the logo %s: %s', (uri, isKept) =>
    expect(safeLogo(uri)).toBe(isKept ? uri : undefined),
  );
});
