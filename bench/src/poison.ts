import { type DrainedBacklog, drainedPerSecond } from './drain.ts';
import { type BenchResult, interleave, progress, verdict } from './harness.ts';
import { provision } from './provision.ts';
import type { BenchStack } from './stack.ts';
import { appendBacklog } from './views.ts';

export interface PoisonSettings {
  readonly records: number;
  readonly tokens: number;
  readonly rounds: number;
}

const ratios = [100, 10];
const spanMs = 600_000;

/**
 * G8: the aggregate role drains a backlog of views, and backlogs of as many records of which some are mutated: letters into the dead-letter
 * topic and all. One mutation in fourteen makes a record of 64 kB, so these backlogs are larger in bytes.
 */
export async function poison(
  stack: BenchStack,
  { records, tokens, rounds }: PoisonSettings,
): Promise<BenchResult> {
  const backlogOf = async (prefix: string, badEvery?: number): Promise<DrainedBacklog> => {
    await provision(stack, prefix);
    progress(`appending ${records} records${badEvery ? `, one in ${badEvery} mutated` : ''}`);
    const bad = badEvery === undefined ? {} : { badEvery };
    await appendBacklog(stack, { views: records, tokens, prefix, spanMs, ...bad });
    return { prefix, records };
  };
  const clean = await backlogOf('clean.');
  const contenders = [{ name: 'views', run: () => drainedPerSecond(stack, clean) }];
  for (const badEvery of ratios) {
    const backlog = await backlogOf(`poison${badEvery}.`, badEvery);
    contenders.push({
      name: `one in ${badEvery} mutated`,
      run: () => drainedPerSecond(stack, backlog),
    });
  }
  const rows = await interleave({ unit: 'records/s', rounds }, contenders);
  return {
    name: 'poison',
    rows,
    verdicts: rows
      .slice(1)
      .map(({ name, ratio }) =>
        verdict(`G8 less than 5 % lost, ${name}`, 1 - ratio, { atMost: 0.05 }),
      ),
  };
}
