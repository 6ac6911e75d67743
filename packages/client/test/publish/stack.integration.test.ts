import { expect, inject, test } from 'vitest';
import { clickhouseShows, freshToken } from '../../../../test/support/pipeline.ts';
import { restartService } from '../../../../test/support/stack.ts';
import { createPublisher, type RejectedView } from '../../src/publish/index.ts';

const stack = inject('stack');

test.each(['json', 'ndjson'] as const)(
  'the publisher stores every view once as %s, and names the wrong one',
  async (format) => {
    const { chain, address, token } = freshToken();
    const wrong: RejectedView[] = [];
    const publisher = createPublisher({
      endpoint: stack.producerUrl,
      apiKey: stack.apiKey,
      format,
      onRejected: (rejected) => wrong.push(rejected),
    });
    const views = Array.from({ length: 1_500 }, (_, index) => ({
      chain,
      address,
      viewer: `v${index}`,
    }));
    const results = await Promise.all(
      [...views, { chain, address: '0xnot-one' }].map((view) => publisher.publish(view)),
    );
    await publisher.close();
    expect(results.filter(({ status }) => status === 'acknowledged')).toHaveLength(1_500);
    expect(wrong.map(({ view, problem }) => [view.address, problem.status])).toEqual([
      ['0xnot-one', 422],
    ]);
    await clickhouseShows(stack, token, 1_500);
  },
);

test('a restart of the service loses nothing and counts nothing twice', async () => {
  const { chain, address, token } = freshToken();
  const publisher = createPublisher({
    endpoint: stack.producerUrl,
    apiKey: stack.apiKey,
    whenFull: 'wait',
    queueViewsMax: 200,
    batchViewsMax: 20,
  });
  const restarted = restartService(stack, 'producer-api');
  const results = await Promise.all(
    Array.from({ length: 2_000 }, (_, index) =>
      publisher.publish({ chain, address, viewer: `v${index}` }),
    ),
  );
  await Promise.all([restarted, publisher.close()]);
  expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['acknowledged']));
  expect(new Set(results.map(({ eventId }) => eventId)).size).toBe(2_000);
  await clickhouseShows(stack, token, 2_000);
});
