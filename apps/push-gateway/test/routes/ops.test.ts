import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { topics } from '@trending/schemas';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OpsStatus } from '../../src/ops-status.ts';
import { startGateway, type TestGateway } from '../support/test-gateway.ts';

const metrics = `trending_views_folded{partition="0",class="accepted"} 5
trending_views_folded{partition="0",class="counted"} 3
trending_views_folded{partition="0",class="deadLettered"} 1
trending_views_unaccepted{partition="0"} -1
trending_aggregate_position{partition="0"} 5
`;

let processor: Server;
let gateway: TestGateway;
let asked = 0;

beforeEach(async () => {
  asked = 0;
  processor = createServer((request, response) => {
    if (request.url === '/metrics') asked += 1;
    response.statusCode = request.url === '/metrics' ? 200 : 503;
    response.end(
      request.url === '/metrics' ? metrics : '[+]rank ok\n[-]sink: ClickHouse is away\n',
    );
  });
  await new Promise<void>((resolve) => {
    processor.listen(0, '127.0.0.1', resolve);
  });
  const { port } = processor.address() as AddressInfo;
  gateway = await startGateway({
    env: { PROCESSOR_URLS: `http://127.0.0.1:${port},http://127.0.0.1:1` },
  });
});

afterEach(async () => {
  await gateway.stop();
  processor.close();
});

async function status(): Promise<OpsStatus> {
  return (await (await fetch(`${gateway.url}/ops/status.json`)).json()) as OpsStatus;
}

describe('the figures of the ops page', () => {
  test('tell lag and residual of each partition, and who is not ready and why', async () => {
    const views = { topic: topics.views.name, partition: 0 };
    const record = { key: 'k', value: new Uint8Array(1) };
    await gateway.log.append(
      views,
      Array.from({ length: 7 }, () => record),
    );
    const { services, partitions } = await status();
    expect(partitions).toMatchObject([
      { partition: 0, logEnd: 7, position: 5, lag: 2, accepted: 5, residual: 1, unaccepted: -1 },
    ]);
    expect(services.map(({ ready, detail }) => [ready, detail])).toEqual([
      [true, 'ready'],
      [true, 'answers'],
      [false, '[-]sink: ClickHouse is away'],
      [false, 'does not answer'],
    ]);
  });

  test('are asked for once, however many look', async () => {
    await Promise.all(Array.from({ length: 20 }, status));
    expect(asked).toBe(1);
  });
});
