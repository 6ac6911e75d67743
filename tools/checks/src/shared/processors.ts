import { type PartitionFates, partitionFates, samplesOf } from '@trending/runtime';

const timeoutMs = 5_000;

/** The conservation law as the processors tell it. @throws Error naming the one that does not answer. */
export async function readFates(urls: readonly string[]): Promise<PartitionFates[]> {
  return partitionFates(await Promise.all(urls.map(metricsText)));
}

/** Sum of a metric over processes, labels ignored. */
export async function readSum(urls: readonly string[], name: string): Promise<number> {
  const texts = await Promise.all(urls.map(metricsText));
  const samples = texts.flatMap((text) => samplesOf(text, (found) => found === name));
  return samples.reduce((sum, { value }) => sum + value, 0);
}

/** Records of each partition of a topic that are not in ClickHouse, as the sinks that own them tell. */
export async function readSinkLags(urls: readonly string[], topic: string): Promise<number[]> {
  const texts = await Promise.all(urls.map(metricsText));
  return texts
    .flatMap((text) => samplesOf(text, (found) => found === 'trending_sink_lag_records'))
    .filter(({ labels }) => labels['topic'] === topic)
    .map(({ value }) => value);
}

async function metricsText(url: string): Promise<string> {
  try {
    const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(timeoutMs) });
    return await response.text();
  } catch (error) {
    throw new Error(`${url}/metrics does not answer: check PROCESSOR_URLS`, { cause: error });
  }
}
