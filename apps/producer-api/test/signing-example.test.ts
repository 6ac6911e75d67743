import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { signingKeyOf } from '../src/adapters/key-secrets.ts';
import { signatureClaim } from '../src/domain/signed-request.ts';
import { createTestProducer, keyEntry, keysFile, pepe } from './support/producer.ts';

const page = readFileSync(new URL('../../../docs/publishing.md', import.meta.url), 'utf8');
const [, code = ''] = /<!-- worked example[^>]*-->\s+```js\n(.*?)```/s.exec(page) ?? [];
const row = (name: string) =>
  new RegExp(`^\\| ${name} +\\| \`([0-9a-f]{64})\``, 'm').exec(page)?.[1];
const said = execFileSync(process.execPath, ['--input-type=module', '--eval', code], {
  encoding: 'utf8',
}).trim();
const secret = 'trk_an-example-that-is-no-secret-0123456789abcdef';

describe('the worked example of signing in docs/publishing.md', () => {
  test('gives the vectors that stand below it', () => {
    expect(signingKeyOf(secret).toString('hex')).toBe(row('signing key'));
    expect(signatureClaim(said)).toMatchObject({
      contentSha256: row('content-sha256'),
      signature: row('signature'),
    });
  });

  test('is accepted at its time, under its key', async () => {
    const producer = await createTestProducer({
      env: { API_KEYS_FILE: keysFile([keyEntry('demo', secret, { signedOnly: true })]) },
    });
    const answer = await producer.app.inject({
      method: 'POST',
      url: `/api/v1/tokens/${pepe}/view?chain=eth`,
      headers: { authorization: said, 'content-type': 'application/json' },
      payload: '{"viewer":"visitor-1"}',
    });
    expect(answer.statusCode).toBe(202);
    await producer.stop();
  });
});
