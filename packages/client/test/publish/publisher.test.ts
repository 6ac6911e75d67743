import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import {
  createPublisher,
  PublishError,
  type PublisherOptions,
  type PublishResult,
  type RejectedView,
} from '../../src/publish/index.ts';
import { problem, ScriptedHost, settled, stored } from './support/scripted-host.ts';

const address = '0x6982508145454ce325ddbe47a25d4ec3d2311933';
const view = { address, chain: 'eth' };

function bench(options: Partial<PublisherOptions> = {}) {
  const host = new ScriptedHost();
  const publisher = createPublisher({ endpoint: 'http://api.test/', ...options }, host);
  return { host, publisher };
}

async function codeOf(result: Promise<unknown>): Promise<string> {
  const error = await result.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  return error instanceof PublishError ? error.code : 'no error';
}

const idsOf = (views: readonly Record<string, unknown>[] | undefined) =>
  views?.map(({ eventId }) => eventId);

describe('batches', () => {
  test('a view waits for company as long as it may, and travels with it', async () => {
    const { host, publisher } = bench({ batchAgeMsMax: 50 });
    const results = [publisher.publish(view), publisher.publish(view)];
    await host.advance(49);
    expect(host.requests).toHaveLength(0);
    await host.advance(1);
    expect(host.requests.map(({ views }) => views.length)).toEqual([2]);
    expect((await Promise.all(results)).map(({ status }) => status)).toEqual([
      'acknowledged',
      'acknowledged',
    ]);
    expect(publisher.pending).toBe(0);
  });

  test('a full batch leaves at once, by number or by size', async () => {
    const { host, publisher } = bench({ batchViewsMax: 3 });
    const many = Array.from({ length: 7 }, () => publisher.publish(view));
    await settled();
    expect(host.requests.map(({ views }) => views.length)).toEqual([3, 3]);
    await host.advance(20);
    await Promise.all(many);
    const big = bench({ batchBytesMax: 400 });
    const sized = Array.from({ length: 5 }, () => big.publisher.publish(view));
    await settled();
    for (const { body } of big.host.requests) expect(body.length).toBeLessThanOrEqual(401);
    expect(big.host.requests.length).toBeGreaterThan(0);
    await big.host.advance(20);
    await Promise.all(sized);
  });

  test('the body is a JSON array or one object a line, and the key is a bearer token', async () => {
    const json = bench({ apiKey: () => Promise.resolve('k1'), batchAgeMsMax: 0 });
    await Promise.all([json.publisher.publish(view), json.publisher.flush()]);
    expect(json.host.requests[0]?.url).toBe('http://api.test/api/v1/views');
    expect(json.host.requests[0]?.headers.get('authorization')).toBe('Bearer k1');
    expect(json.host.requests[0]?.headers.get('content-type')).toBe('application/json');
    const lines = bench({ format: 'ndjson' });
    await Promise.all([lines.publisher.publish(view), lines.publisher.flush()]);
    expect(lines.host.requests[0]?.headers.get('content-type')).toBe('application/x-ndjson');
    expect(lines.host.requests[0]?.headers.has('authorization')).toBe(false);
  });

  test('no more requests than allowed are out at once', async () => {
    const { host, publisher } = bench({ batchViewsMax: 1, requestsMax: 2 });
    const answers: (() => void)[] = [];
    host.usual = () => new Promise((resolve) => answers.push(() => resolve(stored())));
    const all = Array.from({ length: 5 }, () => publisher.publish(view));
    await settled();
    expect(host.requests).toHaveLength(2);
    answers.shift()?.();
    await settled();
    expect(host.requests).toHaveLength(3);
    while (publisher.pending > 0) {
      answers.shift()?.();
      await settled();
    }
    await Promise.all(all);
    expect(host.requests).toHaveLength(5);
  });

  test('every view has an id of its own that sorts by time, unless it came with one', async () => {
    const { host, publisher } = bench();
    const own = '01932c1e-7a4b-7c3d-9e1f-2a3b4c5d6e7f';
    const all = [publisher.publish(view), publisher.publish({ ...view, eventId: own })];
    await host.advance(20);
    const [first, second] = await Promise.all(all);
    expect(first?.eventId).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(second?.eventId).toBe(own);
    expect(idsOf(host.requests[0]?.views)).toEqual([first?.eventId, own]);
  });

  test('the time of the view is stamped only when asked for', async () => {
    const { host, publisher } = bench({ stampTime: true });
    await host.advance(1_000);
    const all = [publisher.publish(view), publisher.publish({ ...view, viewedAt: 5 })];
    await host.advance(20);
    await Promise.all(all);
    expect(host.requests[0]?.views.map(({ viewedAt }) => viewedAt)).toEqual([1_000, 5]);
    const plain = bench();
    await Promise.all([plain.publisher.publish(view), plain.publisher.flush()]);
    expect(plain.host.requests[0]?.views[0]).not.toHaveProperty('viewedAt');
  });
});

describe('failures', () => {
  test('a broken line, a 503 and a 429 are tried again with the very same text', async () => {
    const { host, publisher } = bench();
    host.script.push(
      () => new Error('ECONNRESET'),
      () => problem(503),
      () => problem(429),
    );
    const result = publisher.publish(view);
    await host.advance(20);
    for (let round = 0; round < 3; round += 1) await host.advance(2_000);
    expect((await result).status).toBe('acknowledged');
    expect(host.requests).toHaveLength(4);
    expect(new Set(host.requests.map(({ body }) => body)).size).toBe(1);
  });

  test('Retry-After is obeyed, in seconds and as a date', async () => {
    const { host, publisher } = bench();
    const date = new Date(60_000).toUTCString();
    host.script.push(
      () => problem(503, { 'retry-after': '7' }),
      () => problem(503, { 'retry-after': date }),
    );
    const result = publisher.publish(view);
    await host.advance(20);
    await host.advance(6_900);
    expect(host.requests).toHaveLength(1);
    await host.advance(700);
    expect(host.requests).toHaveLength(2);
    await host.advance(52_000);
    expect(host.requests).toHaveLength(2);
    await host.advance(2_000);
    expect(host.requests).toHaveLength(3);
    expect((await result).status).toBe('acknowledged');
  });

  test('of a batch only what the log did not confirm is sent again; what is wrong is told', async () => {
    const told: RejectedView[] = [];
    const { host, publisher } = bench({ onRejected: (rejected) => told.push(rejected) });
    const bad = { type: 'x', title: 't', status: 422, detail: 'no such address' };
    const later = { type: 'x', title: 't', status: 503, detail: 'unconfirmed' };
    host.script.push(() =>
      stored([
        { index: 1, problem: bad },
        { index: 2, problem: later },
      ]),
    );
    const views = ['a', 'b', 'c'].map((name) => ({ ...view, source: name }));
    const all = views.map((each) => publisher.publish(each));
    await host.advance(20);
    await host.advance(1_000);
    const results = await Promise.all(all);
    expect(results.map(({ status }) => status)).toEqual([
      'acknowledged',
      'rejected',
      'acknowledged',
    ]);
    expect(told).toEqual([{ view: views[1], eventId: results[1]?.eventId, problem: bad }]);
    expect(host.requests[1]?.views.map(({ source }) => source)).toEqual(['c']);
    expect(host.requests[1]?.views[0]?.['eventId']).toBe(results[2]?.eventId);
  });

  test('a refused request rejects its views once and for all', async () => {
    const { host, publisher } = bench();
    host.script.push(() => problem(401));
    const result = publisher.publish(view);
    await host.advance(20);
    const { status, problem: why } = (await result) as PublishResult & { status: 'rejected' };
    expect([status, why.status]).toEqual(['rejected', 401]);
    await host.advance(60_000);
    expect(host.requests).toHaveLength(1);
  });

  test('a body that is too large is halved until it fits', async () => {
    const { host, publisher } = bench();
    host.usual = ({ views }) => (views.length > 2 ? problem(413) : stored());
    const all = Array.from({ length: 5 }, () => publisher.publish(view));
    await host.advance(20);
    await Promise.all(all);
    expect(host.requests.map(({ views }) => views.length)).toEqual([5, 3, 2, 1, 2]);
  });

  test('a 202 that is not the answer of the service counts as no answer', async () => {
    const { host, publisher } = bench();
    host.script.push(() => new Response('<html>', { status: 202 }));
    const result = publisher.publish(view);
    await host.advance(20);
    await host.advance(1_000);
    expect((await result).status).toBe('acknowledged');
    expect(host.requests).toHaveLength(2);
  });

  test('an answer that does not come in time is a broken line', async () => {
    const { host, publisher } = bench({ requestTimeoutMs: 3_000 });
    host.script.push(() => new Promise<Response>(() => undefined));
    const result = publisher.publish(view);
    await host.advance(20);
    await host.advance(3_000);
    await host.advance(1_000);
    expect((await result).status).toBe('acknowledged');
  });

  test('what finds no last word in time is undelivered, under an id that may be published again', async () => {
    const { host, publisher } = bench({ retryForMs: 5_000 });
    host.usual = () => problem(503);
    const result = publisher.publish(view);
    const code = codeOf(result);
    await host.advance(20);
    for (let round = 0; round < 10; round += 1) await host.advance(2_000);
    expect(await code).toBe('undelivered');
    await expect(result).rejects.toMatchObject({
      eventId: host.requests[0]?.views[0]?.['eventId'],
    });
    expect(publisher.pending).toBe(0);
    expect(host.clock.pendingTimers).toBe(0);
  });
});

describe('a full queue', () => {
  test('refuses at once when told to, and takes again once there is room', async () => {
    const { host, publisher } = bench({ queueViewsMax: 2 });
    const held = [publisher.publish(view), publisher.publish(view)];
    expect(await codeOf(publisher.publish(view))).toBe('queue-full');
    await host.advance(20);
    await Promise.all(held);
    expect(await codeOf(Promise.race([publisher.publish(view), publisher.flush()]))).toBe(
      'no error',
    );
  });

  test('makes the caller wait when told to, in the order of the calls, and loses nothing', async () => {
    const { host, publisher } = bench({ queueViewsMax: 2, whenFull: 'wait' });
    const all = Array.from({ length: 7 }, (_, index) =>
      publisher.publish({ ...view, source: `s${index}` }),
    );
    expect(publisher.pending).toBe(7);
    for (let round = 0; round < 4; round += 1) await host.advance(20);
    expect((await Promise.all(all)).every(({ status }) => status === 'acknowledged')).toBe(true);
    expect(host.requests.flatMap(({ views }) => views.map(({ source }) => source))).toEqual(
      Array.from({ length: 7 }, (_, index) => `s${index}`),
    );
    for (const { views } of host.requests) expect(views.length).toBeLessThanOrEqual(2);
  });

  test('lets only so many wait', async () => {
    const { publisher } = bench({ queueViewsMax: 1, whenFull: 'wait', waitingMax: 1 });
    const held = [publisher.publish(view), publisher.publish(view)];
    expect(await codeOf(publisher.publish(view))).toBe('queue-full');
    await publisher.flush();
    expect(await Promise.all(held)).toHaveLength(2);
  });
});

describe('the end', () => {
  test('flush sends what waits without company, and waits for its last word', async () => {
    const { host, publisher } = bench({ batchAgeMsMax: 60_000 });
    const all = [publisher.publish(view), publisher.publish(view)];
    await publisher.flush();
    expect(host.requests).toHaveLength(1);
    expect(publisher.pending).toBe(0);
    await Promise.all(all);
  });

  test('a listener that throws is an error of its own, and nothing else', async () => {
    const { host, publisher } = bench({
      onRejected: () => {
        throw new Error('of the listener');
      },
    });
    host.script.push(() => problem(400));
    const rejected = publisher.publish(view);
    await publisher.flush();
    expect((await rejected).status).toBe('rejected');
    await expect(host.advance(0)).rejects.toThrow('of the listener');
    // Views wait for company as before.
    const all = [publisher.publish(view), publisher.publish(view)];
    await host.advance(20);
    await Promise.all(all);
    expect(host.requests.map(({ views }) => views.length)).toEqual([1, 2]);
    await publisher.close();
    expect(host.clock.pendingTimers).toBe(0);
  });

  test('close delivers what is held and takes nothing more', async () => {
    const { publisher } = bench({ batchAgeMsMax: 60_000 });
    const held = publisher.publish(view);
    const closed = publisher.close();
    expect(await codeOf(publisher.publish(view))).toBe('closed');
    await closed;
    expect((await held).status).toBe('acknowledged');
  });

  test('close gives up in time, and says so for every view', async () => {
    const { host, publisher } = bench({ batchViewsMax: 1, requestsMax: 1 });
    host.usual = () => problem(503);
    const codes = Promise.all([publisher.publish(view), publisher.publish(view)].map(codeOf));
    const closed = publisher.close({ timeoutMs: 1_000 });
    await host.advance(1_000);
    await closed;
    expect(await codes).toEqual(['closed', 'closed']);
    expect(host.clock.pendingTimers).toBe(0);
  });

  test.each([
    ['key', { apiKey: () => new Promise<string>(() => undefined) }],
    ['signature', { sign: () => new Promise<Record<string, string>>(() => undefined) }],
  ])('a %s that never comes holds up neither close nor the next try', async (_what, options) => {
    const { host, publisher } = bench({ ...options, requestTimeoutMs: 300, retryForMs: 60_000 });
    const code = codeOf(publisher.publish(view));
    await host.advance(20);
    await host.advance(300);
    // The back-off before the next try: the first one counts as failed.
    expect(host.clock.pendingTimers).toBe(1);
    let isClosed = false;
    void publisher.close({ timeoutMs: 1_000 }).then(() => {
      isClosed = true;
    });
    await host.advance(1_000);
    expect(isClosed).toBe(true);
    expect(await code).toBe('closed');
    expect(host.requests).toHaveLength(0);
  });

  test('a signal ends everything, on its way or not', async () => {
    const stop = new AbortController();
    const { host, publisher } = bench({ signal: stop.signal, batchViewsMax: 1, requestsMax: 1 });
    host.usual = () => new Promise<Response>(() => undefined);
    const codes = Promise.all([publisher.publish(view), publisher.publish(view)].map(codeOf));
    await settled();
    stop.abort();
    expect(await codes).toEqual(['aborted', 'aborted']);
    expect(await codeOf(publisher.publish(view))).toBe('aborted');
    expect(host.requests).toHaveLength(1);
    expect(host.clock.pendingTimers).toBe(0);
  });

  test('a signal that outlives the publisher keeps nothing of it', async () => {
    const { signal } = new AbortController();
    const { publisher } = bench({ signal });
    await Promise.all([publisher.publish(view), publisher.close()]);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test("a view's own signal takes it back while it waits, and only it", async () => {
    const { host, publisher } = bench();
    const stop = new AbortController();
    const [taken, kept] = [
      publisher.publish(view, { signal: stop.signal }),
      publisher.publish(view),
    ];
    const code = codeOf(taken);
    stop.abort();
    await host.advance(20);
    expect(await code).toBe('aborted');
    expect((await kept).status).toBe('acknowledged');
    expect(host.requests[0]?.views).toHaveLength(1);
  });
});

describe('signing', () => {
  test('the signer sees the exact request, and signs every try anew', async () => {
    let count = 0;
    const { host, publisher } = bench({
      apiKey: 'k',
      sign: ({ method, path, headers, body }) => {
        count += 1;
        return {
          'x-sign': `${count} ${method} ${path} ${headers['authorization']} ${body.length}`,
        };
      },
    });
    host.script.push(() => problem(503));
    const result = publisher.publish(view);
    await host.advance(20);
    await host.advance(1_000);
    await result;
    const size = host.requests[0]?.body.length;
    expect(host.requests.map(({ headers }) => headers.get('x-sign'))).toEqual([
      `1 POST /api/v1/views Bearer k ${size}`,
      `2 POST /api/v1/views Bearer k ${size}`,
    ]);
  });
});

test.each([
  [{ endpoint: 'api.test' }, /endpoint is the http\(s\) base URL/],
  [{ batchViewsMax: 1_001 }, /batchViewsMax is a whole number from 1 to 1000, not 1001/],
  [{ queueViewsMax: 0 }, /queueViewsMax/],
  [{ retryForMs: 1.5 }, /retryForMs/],
] as const)('options %j are refused with what to give', (options, message) => {
  expect(() => bench(options)).toThrow(message);
});
