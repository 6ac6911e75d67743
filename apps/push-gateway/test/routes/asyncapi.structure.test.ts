import { Parser } from '@asyncapi/parser';
import type { ServerFrame } from '@trending/schemas';
import { Compile } from 'typebox/compile';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseClientFrame } from '../../src/protocol.ts';
import { boardOf, tokens } from '../support/boards.ts';
import { transports } from '../support/push-clients.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

interface Document {
  readonly components: { readonly messages: Record<string, { payload: object }> };
}

let gateway: TestGateway;
let document: Document;
beforeEach(async () => {
  gateway = await startGateway();
  document = (await (await fetch(`${gateway.url}/asyncapi.json`)).json()) as Document;
});
afterEach(() => gateway.stop());

const board = { formula: 'trending', window: '1h', scope: 'all' };

/** Why the frame is not what the document says; empty when it is. */
function faults(frame: ServerFrame): string[] {
  const payload = document.components.messages[frame.type]?.payload;
  if (payload === undefined) return [`${frame.type} is not declared`];
  return Compile(payload)
    .Errors(frame)
    .map(({ instancePath, message }) => `${instancePath} ${message}`);
}

test('the document is valid AsyncAPI 3', async () => {
  const { document: parsed, diagnostics } = await new Parser().parse(JSON.stringify(document));
  const errors = diagnostics.filter(({ severity }) => severity === 0);
  expect(errors.map(({ message, path }) => `${path.join('.')}: ${message}`)).toEqual([]);
  expect(parsed?.version()).toBe('3.0.0');
});

describe('what the running gateway sends is what the document says', () => {
  test.each(transports)('on $name', async ({ connect }) => {
    const five = tokens(5);
    await gateway.publish(boardOf(five, { seq: 1 }));
    await gateway.describe({
      ...{ chain: 'eth', address: '0x0001', name: 'One', symbol: 'ONE', categories: ['meme'] },
      ...{ logoUri: 'https://logo.test/1.png', createdAt: 0, updatedAt: 1 },
    });
    const client = await connect(gateway.url);
    client.subscribe({ board, limit: 10 });
    const seen: ServerFrame[] = [await client.next()];
    await gateway.publish(boardOf([...five.slice(1), 'eth:0x0009'], { seq: 2 }));
    seen.push(await client.next());
    const resumed = await connect(gateway.url);
    resumed.subscribe({ board, limit: 10, since: { epoch: 0, seq: 2 } });
    seen.push(await resumed.next());
    const refused = await connect(gateway.url);
    refused.subscribe({ board: { ...board, window: '2h' } });
    seen.push(await refused.next());
    for (const each of [client, resumed, refused]) each.close();
    expect(seen.map(({ type }) => type)).toEqual(['snapshot', 'delta', 'heartbeat', 'error']);
    expect(seen.flatMap(faults)).toEqual([]);
  });

  test('a frame with a field too many or too few is not', async () => {
    const times = { receivedAt: 1, scoredAt: 1, pushedAt: 1 };
    const head = { board, epoch: 0, seq: 1, asOf: 1 };
    const frame = { type: 'heartbeat', ...head, ...times, staleMs: 0 } as const;
    expect(faults(frame)).toEqual([]);
    expect(faults({ ...frame, more: 1 } as ServerFrame)).not.toEqual([]);
    expect(faults({ ...frame, staleMs: undefined } as unknown as ServerFrame)).not.toEqual([]);
  });
});

test('what clients may send is what the gateway takes', () => {
  const messages = document.components.messages;
  const subscribe = Compile(messages['subscribe']?.payload ?? {});
  for (const [frame, isGood] of [
    [{ type: 'subscribe', board }, true],
    [{ type: 'subscribe', board, limit: 20, since: { epoch: 1, seq: 2 } }, true],
    [{ type: 'subscribe', board, limit: 0 }, false],
    [{ type: 'subscribe', board: { ...board, more: 1 } }, false],
  ] as const) {
    expect(parseClientFrame(frame).ok).toBe(isGood);
    expect(subscribe.Check(frame)).toBe(isGood);
  }
});
