import { serviceFlags, startChild } from './child.ts';
import { type BenchResult, progress, type Row, verdict } from './harness.ts';
import type { BenchStack } from './stack.ts';

interface Measured {
  readonly seconds: number;
  readonly tokens: number;
  readonly rssMiB: number;
}

/** P11: seconds from the fences to the restored states of all twelve partitions in one process, 5 views of 5 visitors a token. */
export async function restore(stack: BenchStack, sizes: readonly number[]): Promise<BenchResult> {
  const rows: Row[] = [];
  for (const size of sizes) {
    const { seconds, rssMiB } = await measure(stack, size);
    progress(
      `${size} tokens restored in ${seconds.toFixed(2)} s, ${rssMiB.toFixed(0)} MiB resident`,
    );
    const name = `${size.toLocaleString('en-US')} tokens`;
    const figures = { median: seconds, min: seconds, max: seconds };
    rows.push({ name, unit: 's', ...figures, ratio: seconds / (rows[0]?.median ?? seconds) });
  }
  const largest = rows.at(-1)?.median ?? Number.NaN;
  const goal = `P11 ≤ 5 s at ${(sizes.at(-1) ?? 0).toLocaleString('en-US')} tokens`;
  return { name: 'restore', rows, verdicts: [verdict(goal, largest, { atMost: 5 })] };
}

async function measure(stack: BenchStack, tokens: number): Promise<Measured> {
  const child = startChild('bench/src/peers/restore-state.ts', {
    flags: [...serviceFlags, '--expose-gc', '--max-old-space-size=8192'],
    args: [stack.kafka, stack.registryUrl, String(tokens)],
  });
  const measured = JSON.parse(await child.line('RESULT')) as Measured;
  if (measured.tokens !== tokens)
    throw new Error(`${measured.tokens} of ${tokens} tokens were restored`);
  return measured;
}
