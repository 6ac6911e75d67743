import { createHash } from 'node:crypto';
import { ManualClock } from '@trending/runtime/testing';
import type { Board } from '@trending/schemas';
import type { ExplainAnswer } from '@trending/schemas/http/tokens';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signAccessToken } from '../../src/adapters/access-keeper.ts';
import { boardOf } from '../support/boards.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

const secret = 'a secret of more than thirty-two characters';
const start = 1_700_000_100_000;
const lasting = 'the-operator';
const hash = createHash('sha256').update(lasting).digest('hex');
const path = '/api/v1/tokens/eth:a/explain';
const signed = (...boards: string[]) =>
  signAccessToken({ boards, expiresAt: start + 60_000 }, secret);

/** A board of a token that 530 visitors of 371 networks came to, as the design tells it. */
function explained(scope = 'all'): Board {
  const board = boardOf(['eth:a', 'eth:b'], { scope });
  const [first, second] = board.items;
  const counts = { observed: 412_000_000, effectiveVisitors: 412_000_000, expected: 96_400_000 };
  const contributions = [
    { name: 'surprise', micro: 5_325_432 },
    { name: 'integrity', micro: -3_325_432 },
  ];
  const item = {
    ...{ ...first!, ...counts, contributions, rawViews: 1_033, visitors: 530, networks: 371 },
    integrityMicro: 880_000,
    basis: {
      ...{ phiMicro: 150_000, shareNano: 5_100_000, hourIndexMicro: 1_040_000 },
      ...{ cohort: 'eth/old', capped: 96_000_000 },
    },
  };
  return { ...board, items: [item, second!] };
}

let gateway: TestGateway;
const boot = (env: Record<string, string>) => startGateway({ clock: new ManualClock(start), env });
const ask = (query = '', credential?: string) =>
  gateway.app.inject({
    url: `${path}${query}`,
    headers: credential === undefined ? {} : { authorization: `Bearer ${credential}` },
  });
const told = async (query = '', credential?: string) =>
  (await ask(query, credential)).json<ExplainAnswer>();

describe('what an explanation tells everybody', () => {
  beforeAll(async () => {
    gateway = await boot({});
    await gateway.publish(explained());
    await gateway.publish({ ...explained('chain:eth'), siteEffective: -1 });
  });
  afterAll(() => gateway.stop());

  it('is what the expectation was made of, and what was not counted', async () => {
    const answer = await ask();
    expect(answer.headers['cache-control']).toBe('public, max-age=1');
    expect(answer.headers.vary ?? '').not.toMatch(/authorization/i);
    expect(answer.json()).toMatchObject({
      ...{ rank: 1, score: 2, scoreMicro: 2_000_000, sigma: 5.325432, phi: 0.15 },
      ...{ observed: 412, expected: 96.4, rawViews: 1_033, visitors: 530 },
      ...{ effectiveVisitors: 412, integrity: 0.88, lost: 118 },
      inputs: { siteVisitors: 18_240.5, share: 0.0051, cohort: 'eth/old', hourIndex: 1.04 },
    });
  });

  it('is nothing of networks, whoever asks without the detail', async () => {
    for (const credential of [undefined, signed('detail:operator'), 'anything'])
      for (const address of [path, '/api/v1/tokens/eth:a', '/api/v1/tokens/trending']) {
        const headers = credential === undefined ? {} : { authorization: `Bearer ${credential}` };
        const { statusCode, body } = await gateway.app.inject({ url: address, headers });
        expect([statusCode, body]).toEqual([200, expect.not.stringMatching(/network|371|96 of/)]);
      }
  });

  it('has no inputs where there is no expectation, or the writer did not tell them', async () => {
    const other = await gateway.app.inject({ url: '/api/v1/tokens/eth:b/explain' });
    expect(other.json()).toMatchObject({ sigma: null, phi: null, inputs: null, lost: 1 });
    expect(await told('?scope=chain:eth')).toMatchObject({ phi: 0.15, inputs: null });
  });

  it('offers the detail to nobody where no token grants it', async () => {
    expect((await ask('?detail=operator', lasting)).statusCode).toBe(401);
  });

  it.each(['all', ''])('knows no other detail: %j', async (detail) => {
    expect((await ask(`?detail=${detail}`)).statusCode).toBe(400);
  });
});

describe.each([
  ['without private boards', ''],
  ['beside private boards', 'category:secret'],
])('what an explanation tells operators, %s', (_case, privateBoards) => {
  beforeAll(async () => {
    gateway = await boot({
      ...{ PRIVATE_BOARDS: privateBoards, ACCESS_SECRETS: secret },
      ACCESS_KEYS: `ops:detail:operator:${hash}`,
    });
    await gateway.publish(explained());
    await gateway.publish(explained('category:secret'));
  });
  afterAll(() => gateway.stop());

  it.each([
    ['a lasting token', lasting],
    ['a signed one', signed('detail:operator')],
  ])('is networks, and what was lost to which reason, with %s', async (_token, credential) => {
    const answer = await told('?detail=operator', credential);
    expect(answer.operator).toEqual({ networks: 371, lost: { networkCap: 96, quality: 22 } });
    expect(answer.sentence).toContain(
      '118 of 530 visitors not counted, 96 of them for sharing networks',
    );
    expect(answer.contributions.map(({ says }) => says)).toContain(
      '371 networks behind 530 visitors, fewer than is usual for so many',
    );
  });

  it('is kept by no cache, nor is a refusal', async () => {
    const kept = { 'cache-control': 'private, no-store' };
    const answer = await ask('?detail=operator', lasting);
    expect(answer.headers).toMatchObject({ ...kept, vary: expect.stringMatching(/authorization/) });
    expect((await ask('?detail=operator')).headers).toMatchObject(kept);
  });

  it('is refused without a token, with a wrong one, with an old one and with one for boards', async () => {
    const status = async (credential?: string) =>
      (await ask('?detail=operator', credential)).statusCode;
    const old = signAccessToken({ boards: ['detail:operator'], expiresAt: start }, secret);
    expect(await Promise.all([undefined, 'wrong', old].map(status))).toEqual([401, 401, 401]);
    expect(await status(signed('category:secret'))).toBe(403);
  });

  it('leaves the split open where the writer did not tell it', async () => {
    const board = explained();
    const items = board.items.map((item) => ({ ...item, basis: null }));
    await gateway.publish({ ...board, seq: 2, items });
    const { operator } = await told('?detail=operator', lasting);
    expect(operator).toEqual({ networks: 371, lost: { networkCap: null, quality: null } });
  });

  it('opens no private board', async () => {
    const { statusCode } = await ask('?detail=operator&scope=category:secret', lasting);
    expect(statusCode).toBe(privateBoards === '' ? 200 : 403);
  });
});
