import type { Log } from '@trending/kafka';
import { partitionFates } from '@trending/runtime';
import { topics } from '@trending/schemas';
import { type Difference, differenceOf } from './differences.ts';
import { getText } from './http.ts';

const timeoutMs = 5_000;

/**
 * The law of conservation as the aggregate role's processes tell it, against the log: every partition has an owner that stands at its
 * end, has accepted as many records as there are, has a fate for each of them, and called none of them dead. For logs that begin at 0.
 */
export async function fateDifferences(urls: readonly string[], log: Log): Promise<Difference[]> {
  const ends = await log.endOffsets(topics.views.name);
  const known = new Map(
    partitionFates(await Promise.all(urls.map((url) => getText(`${url}/metrics`, timeoutMs)))).map(
      (one) => [one.partition, one],
    ),
  );
  return [...ends].flatMap(([partition, end]) => {
    const own = known.get(partition);
    const place = (what: string) => `conservation, partition ${partition}: ${what}`;
    return [
      ...differenceOf(place('folded up to'), end, own?.position ?? 0),
      ...differenceOf(place('accepted'), end, own?.accepted ?? 0),
      ...differenceOf(place('without a fate'), 0, own?.residual ?? 0),
      ...differenceOf(place('dead'), 0, own?.fates.deadLettered ?? 0),
    ];
  });
}
