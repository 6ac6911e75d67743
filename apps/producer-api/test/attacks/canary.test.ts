import { createLogger } from '@trending/runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createTestProducer,
  keyEntry,
  keysFile,
  pepe,
  signed,
  type TestProducer,
} from '../support/producer.ts';

const bearer = 'trk_canary-bearer-0123456789abcdefghijklmnopq';
const signing = 'trk_canary-signing-0123456789abcdefghijklmno';
const wrong = 'trk_canary-wrong-0123456789abcdefghijklmnopqr';
const tokenSecret = 'canary-view-token-secret-0123456789abcdef';
const hashSecret = 'canary-hash-secret';
const target = `/api/v1/tokens/${pepe}/view?chain=eth`;
const origin = 'https://shop.example';

const lines: string[] = [];
const destination = { write: (line: string) => void lines.push(line) };
let producer: TestProducer;
beforeAll(async () => {
  producer = await createTestProducer({
    logger: createLogger({ service: 'canary', level: 'trace', destination }),
    env: {
      API_KEYS_FILE: keysFile([
        keyEntry('open', bearer),
        keyEntry('vault', signing, { signedOnly: true }),
      ]),
      VIEW_TOKEN_SECRETS: tokenSecret,
      HASH_SECRET: hashSecret,
    },
  });
});
afterAll(() => producer.stop());

test('no secret, signature, view token, address or user agent is in the log or in an answer, also when things fail', async () => {
  const headersOf = (authorization: string) => ({
    authorization,
    'content-type': 'application/json',
    'user-agent': 'canary-agent/1.0',
  });
  const answers: string[] = [];
  const send = async (url: string, headers: Readonly<Record<string, string>>, payload = '{}') => {
    const remoteAddress = '203.0.113.77';
    const answer = await producer.app.inject({
      method: 'POST',
      url,
      headers,
      payload,
      remoteAddress,
    });
    answers.push(answer.body, JSON.stringify(answer.headers));
    return answer;
  };
  const good = () => signed({ key: 'vault', secret: signing, target, body: '{}' });
  const sent = [bearer, signing, wrong].map((secret) => `Bearer ${secret}`);
  const signatures = [good(), signed({ key: 'vault', secret: wrong, target, body: '{}' })];
  const asked = await producer.app.inject({
    method: 'POST',
    url: '/api/v1/view-tokens',
    headers: headersOf(`Bearer ${bearer}`),
    payload: { origin },
  });
  const viewToken: string = asked.json().token;
  const all = async () => {
    for (const authorization of [...sent, ...signatures, good(), `Basic ${bearer}`])
      for (const body of ['{}', '{"broken', '{"unknown":1}'])
        await send(target, headersOf(authorization), body);
    for (const at of [origin, 'https://other.example'])
      await send(target, { origin: at, 'x-trending-view-token': viewToken });
    await send(target, { origin, 'x-trending-view-token': `${viewToken}x` });
  };
  await all();
  producer.log.onAppend(() => ({ error: new Error('a defect'), landed: false }));
  await all();
  producer.log.onAppend(undefined);

  expect(lines.some((line) => line.includes('a defect'))).toBe(true);
  const text = lines.join('\n');
  const macs = signatures.map((header) => header.split('signature=')[1] ?? '');
  const never = [bearer, signing, wrong, tokenSecret, hashSecret, viewToken, ...macs];
  for (const secret of never) {
    expect(secret.length).toBeGreaterThan(10);
    expect(text).not.toContain(secret);
    expect(answers.join('\n')).not.toContain(secret);
  }
  for (const personal of ['203.0.113.77', 'canary-agent']) expect(text).not.toContain(personal);
});

test('headers that find their way into a log line are censored there', () => {
  const logger = createLogger({ service: 'canary', level: 'trace', destination });
  const headers = { authorization: 'canary-a', 'x-trending-view-token': 'canary-b' };
  const from = lines.length;
  logger.info({
    headers,
    req: { headers },
    ...headers,
    apiKey: 'canary-c',
    x: { secret: 'canary-d' },
  });
  const said = lines.slice(from).join('');
  expect(said).toContain('[redacted]');
  expect(said).not.toMatch(/canary-[abcd]/);
});
