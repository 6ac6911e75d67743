import type { ViewRequest, ViewsAnswer } from '@trending/schemas/http/publish';
import { describe, expect, test } from 'vitest';
import { ingest } from '../src/ingest.ts';
import { RefusedError } from '../src/view-poster.ts';

const views = (count: number): ViewRequest[] =>
  Array.from({ length: count }, (_, i) => ({ address: 'A', chain: 'nab', eventId: `id-${i}` }));

type Reply = (ids: readonly string[]) => Response;

const accepted =
  (rejected: ViewsAnswer['rejected'] = []): Reply =>
  (ids) =>
    Response.json(
      { accepted: ids.length - rejected.length, duplicate: 0, filtered: 0, rejected },
      { status: 202 },
    );

const rejection = (index: number, status: number) => ({
  index,
  problem: { type: '', title: 'Refused', status, detail: 'because' },
});

/** An API that gives these answers in turn, then takes everything. */
function api(...replies: Reply[]) {
  const requests: string[][] = [];
  const waits: number[] = [];
  const send = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    const ids = (JSON.parse(init?.body as string) as ViewRequest[]).map((v) => v.eventId ?? '');
    requests.push(ids);
    return (replies[requests.length - 1] ?? accepted())(ids);
  };
  const settings = {
    api: 'http://producer',
    key: 'k',
    fetch: send as typeof fetch,
    wait: async (ms: number) => void waits.push(ms),
    skip: 0,
    limit: Number.POSITIVE_INFINITY,
    speed: Number.POSITIVE_INFINITY,
    progressed: () => undefined,
  };
  return { settings, requests, waits };
}

describe('publishing a data set', () => {
  test('sends batches of a thousand in order', async () => {
    const { settings, requests } = api();
    const counts = await ingest(views(2_500), settings);
    expect(requests.map((ids) => ids.length)).toEqual([1_000, 1_000, 500]);
    expect(requests.flat()).toEqual(views(2_500).map(({ eventId }) => eventId));
    expect(counts).toEqual({ accepted: 2_500, duplicate: 0, filtered: 0 });
  });

  test('sends what the brokers did not take again under the same ids', async () => {
    const { settings, requests } = api(accepted([rejection(1, 503), rejection(3, 503)]));
    const counts = await ingest(views(5), settings);
    expect(requests[1]).toEqual(['id-1', 'id-3']);
    expect(counts.accepted).toBe(5);
  });

  test('waits as long as an overloaded API asks', async () => {
    const full = () => new Response('{}', { status: 503, headers: { 'retry-after': '7' } });
    const { settings, requests, waits } = api(full);
    await ingest(views(3), settings);
    expect([requests.length, waits]).toEqual([2, [7_000]]);
  });

  test('survives an API that does not answer for a while', async () => {
    const { settings, requests } = api(() => {
      throw new TypeError('fetch failed');
    });
    await ingest(views(3), settings);
    expect(requests).toHaveLength(2);
  });

  test('stops with the reason at a view that is wrong in itself', async () => {
    const { settings } = api(accepted([rejection(2, 400)]));
    await expect(ingest(views(5), settings)).rejects.toThrow(/Refused: because.*id-2/);
  });

  test('stops when the key is not good', async () => {
    const { settings, requests } = api(() => new Response('no such key', { status: 401 }));
    await expect(ingest(views(5), settings)).rejects.toThrow(RefusedError);
    expect(requests).toHaveLength(1);
  });

  test('passes over what an earlier run published, and ends at the limit', async () => {
    const { settings, requests } = api();
    const seen: number[] = [];
    const progressed = (done: number) => void seen.push(done);
    await ingest(views(5_000), { ...settings, skip: 1_500, limit: 2_200, progressed });
    expect(requests.flat()).toEqual(
      views(5_000)
        .slice(1_500, 2_200)
        .map(({ eventId }) => eventId),
    );
    expect(seen).toEqual([2_000, 2_200]);
  });

  test('keeps to the speed asked for', async () => {
    const { settings, waits } = api();
    await ingest(views(300), { ...settings, speed: 100 });
    expect(waits).toHaveLength(3);
    expect(waits.at(-1)).toBeGreaterThan(2_000);
  });
});
