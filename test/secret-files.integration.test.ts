import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openToken, sealToken } from '@trending/runtime';
import { until } from '@trending/runtime/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Caller, startCaller } from './support/caller.ts';
import { accessToken, bearer, openStream, viewTokenOf } from './support/credentials.ts';
import { type OwnService, startOwnService } from './support/own-service.ts';
import { clickhouseShows, freshToken, publishSurely, viewsOf } from './support/pipeline.ts';

const stack = inject('stack');
const origin = 'https://shop.example';
const folder = mkdtempSync(join(tmpdir(), 'secret-files-'));
const fileOf = (variable: string) => join(folder, variable);
const canary = 'canary-too-short';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const waiting = (what: string) => ({ timeoutMs: 20_000, what });

/** As operations.md asks for: beside the old one, and renamed. */
function write(variable: string, ...entries: readonly string[]): void {
  const path = fileOf(variable);
  writeFileSync(`${path}.new`, `${entries.join('\n')}\n`);
  renameSync(`${path}.new`, path);
}

const secrets = { old: randomUUID().repeat(2), young: randomUUID().repeat(2) };
const apiKey = randomUUID();
const [oldKey, youngKey] = [randomUUID(), randomUUID()];
const keyEntry = (name: string, key: string) => `${name}:formula:views:${sha256(key)}`;
const viewed = freshToken();
/** Views of it that were answered 202. */
let viewsTaken = 0;

let producer: OwnService;
let gateway: OwnService;
beforeAll(async () => {
  if (inject('stackMissing') !== '') return;
  await publishSurely(stack, viewsOf(freshToken(), 10));
  write('VIEW_TOKEN_SECRETS', secrets.old);
  write('ACCESS_SECRETS', secrets.old);
  write('ACCESS_KEYS', keyEntry('old', oldKey));
  [producer, gateway] = await Promise.all([
    startOwnService(stack, 'producer-api', {
      ...{ HASH_SECRET: 'integration', ALLOWED_ORIGINS: origin, VIEW_TOKENS_REQUIRED: 'true' },
      API_KEYS: `shop:publish:${sha256(apiKey)}`,
      VIEW_TOKEN_SECRETS_FILE: fileOf('VIEW_TOKEN_SECRETS'),
      ...{ EVENT_LOOP_DELAY_MAX_MS: '0', WAIT_MAX_MS: '0', RATE_LIMIT_PER_MINUTE: '1000000' },
      VIEWER_VIEWS_PER_MINUTE: '1000000',
    }),
    startOwnService(stack, 'push-gateway', {
      PRIVATE_BOARDS: 'formula:views',
      ACCESS_SECRETS_FILE: fileOf('ACCESS_SECRETS'),
      ACCESS_KEYS_FILE: fileOf('ACCESS_KEYS'),
      ...{ EVENT_LOOP_DELAY_MAX_MS: '0', RATE_LIMIT_PER_MINUTE: '1000000' },
    }),
  ]);
});
afterAll(async () => {
  await Promise.all([producer?.stop(), gateway?.stop()]);
  rmSync(folder, { recursive: true });
});

const viewToken = () => viewTokenOf(producer.url, { apiKey, origin });

async function sendView(credential: string, signal: AbortSignal): Promise<number> {
  const { address, chain } = viewed;
  const answer = await fetch(`${producer.url}/api/v1/tokens/${address}/view?chain=${chain}`, {
    method: 'POST',
    headers: { origin, 'x-trending-view-token': credential, 'content-type': 'application/json' },
    body: JSON.stringify({ eventId: randomUUID(), viewer: 'v' }),
    signal,
  });
  await answer.arrayBuffer();
  if (answer.status === 202) viewsTaken += 1;
  return answer.status;
}

async function readBoard(credential: string, signal: AbortSignal): Promise<number> {
  const url = `${gateway.url}/api/v1/tokens/trending?formula=views&window=5m`;
  const answer = await fetch(url, { headers: bearer(credential), signal });
  await answer.arrayBuffer();
  return answer.status;
}

const streamUrl = () => `${gateway.url}/api/v1/trending/stream?formula=views&window=5m`;

interface Door {
  readonly variable: string;
  readonly service: () => OwnService;
  readonly ask: (credential: string, signal: AbortSignal) => Promise<number>;
  readonly accepted: number;
  /** Lines of the file that let the old and the new one in. */
  readonly entries: { readonly old: string; readonly young: string };
  /** What somebody holds before, and what is made when both stand in the file, the new one first. */
  readonly old: () => Promise<string>;
  readonly young: () => Promise<string>;
  /** What another copy, which has the new file already, signs while this one signs with the old one. */
  readonly early: (old: string) => Promise<string>;
}

const doors: readonly Door[] = [
  {
    variable: 'VIEW_TOKEN_SECRETS',
    ...{ service: () => producer, ask: sendView, accepted: 202, entries: secrets },
    ...{ old: viewToken, young: viewToken },
    early: async (old) => sealToken(openToken(old, [secrets.old]) as object, secrets.young),
  },
  {
    variable: 'ACCESS_SECRETS',
    ...{ service: () => gateway, ask: readBoard, accepted: 200, entries: secrets },
    old: () => accessToken({ ACCESS_SECRETS_FILE: fileOf('ACCESS_SECRETS') }),
    young: () => accessToken({ ACCESS_SECRETS_FILE: fileOf('ACCESS_SECRETS') }),
    early: () => accessToken({ ACCESS_SECRETS: secrets.young }),
  },
  {
    variable: 'ACCESS_KEYS',
    ...{ service: () => gateway, ask: readBoard, accepted: 200 },
    entries: { old: keyEntry('old', oldKey), young: keyEntry('young', youngKey) },
    ...{ old: async () => oldKey, young: async () => youngKey, early: async () => youngKey },
  },
];

/** Resolves once the service has told its log that it has taken the file over once more. */
async function rewritten({ variable, service }: Door, ...entries: readonly string[]) {
  const taken = () => service().logged(`${variable}_FILE read`).length;
  const before = taken();
  write(variable, ...entries);
  await until(waiting(`${variable} to be read`), () => (taken() > before ? true : undefined));
}

/** Resolves to what readiness says of the file, once it has this sign. */
function saysOf({ variable, service }: Door, sign: '!' | '+'): Promise<string> {
  const start = `[${sign}]${variable.toLowerCase().replaceAll('_', '-')}`;
  return until(waiting(`readiness to say ${start}`), async () => {
    const answer = await fetch(`${service().url}/readyz?verbose`);
    expect(answer.status).toBe(200);
    return (await answer.text()).split('\n').find((line) => line.startsWith(start));
  });
}

const statusOf = ({ ask }: Door, credential: string) =>
  ask(credential, AbortSignal.timeout(30_000));

const statuses = (answers: Caller['answers']) => [...new Set(answers.map(({ status }) => status))];

/** A bad file and none at all: nobody who was let in notices. */
async function breaks(door: Door, unharmed: readonly Caller[]) {
  const { variable, service } = door;
  const goOn = () => Promise.all(unharmed.map((caller) => caller.hears(20)));
  const complaints = () => service().logged('"level":50', `${variable}_FILE: mend the file`);
  write(variable, canary);
  expect(await saysOf(door, '!')).toContain('What was read before holds.');
  await goOn();
  expect(complaints()).toHaveLength(1);
  rmSync(fileOf(variable));
  await until(waiting('a word about no file'), () => (complaints().length > 1 ? true : undefined));
  expect(await saysOf(door, '!')).toContain('ENOENT');
  await goOn();
}

describe('on a running stack', () => {
  test.for(doors)(
    '$variable may be changed, broken and mended in its file while requests run, and nobody is refused too early or answered an error',
    async (door, { onTestFinished }) => {
      const { variable, service, ask, accepted, entries } = door;
      const old = await door.old();
      const early = await door.early(old);
      expect([await statusOf(door, old), await statusOf(door, early)]).toEqual([accepted, 401]);
      const start = (credential: string) => {
        const caller = startCaller((signal) => ask(credential, signal));
        onTestFinished(() => caller.stop());
        return caller;
      };
      const before = start(old);

      await rewritten(door, entries.old, entries.young);
      const between = start(early);
      await Promise.all([before.hears(20), between.hears(20)]);

      await rewritten(door, entries.young, entries.old);
      const young = await door.young();
      const after = start(young);
      await Promise.all([before.hears(20), after.hears(20)]);

      await breaks(door, [before, between, after]);
      write(variable, entries.young, entries.old);
      await saysOf(door, '+');
      await until(waiting('a word that it is well again'), () =>
        service().logged(`${variable}_FILE is valid again`).length > 0 ? true : undefined,
      );
      await Promise.all([before.hears(20), after.hears(20)]);

      const takenOutAt = Date.now();
      await rewritten(door, entries.young);
      const gone = await until(waiting('the end of the old one'), () =>
        before.answers.find(({ status }) => status === 401),
      );
      await Promise.all([before.hears(20), between.hears(20), after.hears(20)]);
      await Promise.all([before.stop(), between.stop(), after.stop()]);

      expect([before, between, after].flatMap(({ lost }) => lost)).toEqual([]);
      expect(gone.to).toBeGreaterThanOrEqual(takenOutAt);
      const end = before.answers.indexOf(gone);
      expect(statuses(before.answers.slice(0, end))).toEqual([accepted]);
      expect(statuses(before.answers.slice(end))).toEqual([401]);
      expect([between, after].map(({ answers }) => statuses(answers))).toEqual([
        [accepted],
        [accepted],
      ]);
    },
  );

  test('every view that was answered 202 meanwhile is in the history, and no other', async () => {
    expect(viewsTaken).toBeGreaterThan(100);
    await clickhouseShows(stack, viewed.token, viewsTaken);
  });

  test('a stream stays open while its secret stands in the file, and ends with it', async () => {
    const door = doors.find(({ variable }) => variable === 'ACCESS_SECRETS') as Door;
    const third = randomUUID().repeat(2);
    const stays = await openStream(
      streamUrl(),
      await accessToken({ ACCESS_SECRETS: secrets.young }),
    );
    await rewritten(door, third, secrets.young);
    const next = await openStream(streamUrl(), await door.young());
    expect([stays.status, next.status, stays.end]).toEqual([200, 200, '']);
    await rewritten(door, third);
    const end = await until(waiting('the end of the stream'), () => stays.end || undefined);
    expect(end).toMatch(/event: error-frame.*access-expired/s);
    expect(next.end).toBe('');
    next.leave();
  });

  test('the logs tell no entry of a file, good or bad, and both end cleanly', async () => {
    const codes = await Promise.all([producer.stop(), gateway.stop()]);
    expect(codes).toEqual([0, 0]);
    const said = producer.output() + gateway.output();
    for (const word of [...Object.values(secrets), oldKey, youngKey, sha256(oldKey), canary])
      expect(said).not.toContain(word);
  });
});
