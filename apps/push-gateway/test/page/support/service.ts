import type { ExplainAnswer } from '@trending/schemas/http/tokens';
import type { OpsStatus } from '../../../src/ops-status.ts';
import { asyncApiDocument } from '../../../src/routes/asyncapi-document.ts';
import { item } from './boards.ts';
import type { FakeGateway } from './fake-gateway.ts';

/** What a token of these pages is asked for. */
export const shownToken = item(2);
const [chain = '', address = ''] = shownToken.token.split(':');
export const tokenPath = `/token/${chain}/${address}`;

/** Every page of the service, by a name for tests. */
export const pages = {
  board: '/',
  compare: '/compare',
  developers: '/developers',
  operations: '/ops',
  token: tokenPath,
} as const;

/** Answers for every page besides the board itself: documents, figures, history of each token on the board. */
export function answerAll(gateway: FakeGateway): void {
  const { answers } = gateway;
  answers.set('/livez', () => ({ status: 200, body: {} }));
  answers.set('/asyncapi.json', () => ({ status: 200, body: asyncApiDocument('1') }));
  answers.set('/config.json', () => ({
    status: 200,
    body: { demoUrl: gateway.url, publishUrl: 'https://publish.example.com', version: '1' },
  }));
  answers.set('/api/v1/boards', () => ({
    status: 200,
    body: { scopes: ['all', 'chain:eth'], boards: [], formulas: [] },
  }));
  let views = 0;
  answers.set('/ops/status.json', () => {
    views += 1_234;
    return { status: 200, body: opsStatus(views) };
  });
  answers.set('/metrics', () => ({ status: 200, body: metrics(views) }));
  for (const [index, { token }] of gateway.items.entries())
    answers.set(`/api/v1/tokens/${token.split(':')[1]}/history`, ({ searchParams }) => ({
      status: 200,
      body: history(token, searchParams, index),
    }));
  answers.set(`/api/v1/tokens/${address}`, () => ({ status: 200, body: standing() }));
  for (const { token } of gateway.items)
    answers.set(`/api/v1/tokens/${token.split(':')[1]}/explain`, () => ({
      status: 200,
      body: explanation(token),
    }));
}

function history(token: string, query: URLSearchParams, index: number) {
  const end = Math.floor(Date.parse(query.get('to') ?? '') / 60_000) * 60_000;
  const points = Array.from({ length: 50 }, (_, step) => ({
    at: new Date(end - (50 - step) * 60_000).toISOString(),
    views: 100 + step,
    visitors: 50 + step,
    bestRank: 1 + ((index + Math.floor(step / 12)) % 7),
  }));
  const [from, to] = [query.get('from') ?? '', query.get('to') ?? ''];
  return { token, step: '1m', from, to, window: '1h', formula: 'trending', points };
}

function opsStatus(views: number): OpsStatus {
  const partitions = Array.from({ length: 12 }, (_, partition) => ({
    ...{ partition, logEnd: views, position: views - 5, lag: 5, accepted: views - 5 },
    ...{ residual: 0, unaccepted: 0 },
    fates: {
      counted: views - 10,
      lateCounted: 2,
      lateDropped: 1,
      duplicate: 1,
      filtered: 1,
      deadLettered: 0,
    },
  }));
  const services = ['push-gateway', 'http://127.0.0.1:3001'].map((name) => ({
    name,
    ready: true,
    detail: 'ready',
  }));
  return { asOf: Date.now(), services, partitions };
}

function metrics(views: number): string {
  return ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '+Inf']
    .map(
      (bound, index) =>
        `trending_push_latency_seconds_bucket{le="${bound}",since="received"} ${views * (1 + index)}`,
    )
    .join('\n');
}

/** What a page shows of what the gateway tells of a place. */
type ShownExplanation = Pick<ExplainAnswer, 'token' | 'inputs' | 'phi' | 'expected'> &
  Pick<ExplainAnswer, 'visitors' | 'effectiveVisitors'>;

export function explanation(token: string): ShownExplanation {
  const [cohort] = token.split(':');
  const inputs = { siteVisitors: 18_240.5, share: 0.0051, hourIndex: 1.04 };
  return {
    ...{ token, phi: 0.15, expected: 96.4, effectiveVisitors: 412, visitors: 530 },
    inputs: { ...inputs, cohort: `${cohort}/old` },
  };
}

function standing() {
  const now = new Date().toISOString();
  const { name, symbol, categories, integrityMicro, scoreMicro } = shownToken;
  const metadata = { name, symbol, categories, logoUri: null };
  const numbers = { score: scoreMicro / 1e6, sigma: null, integrity: integrityMicro / 1e6 };
  const rest = {
    delta: 0,
    isNew: false,
    chain,
    address,
    since: now,
    stateSince: now,
    burstSince: null,
  };
  const place = { ...shownToken, ...rest, metadata, ...numbers };
  const formula = { id: 'trending', version: 1, hash: 'h' };
  const board = {
    formula,
    window: '1h',
    scope: 'all',
    epoch: 1,
    seq: 1,
    asOf: now,
    scoredAt: now,
    receivedAt: null,
  };
  return {
    token: shownToken.token,
    chain,
    address,
    metadata,
    standings: [{ board, places: 72, item: place }],
  };
}
