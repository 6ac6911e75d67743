import { startChild } from './child.ts';
import { type BenchResult, median, type Row, verdict } from './harness.ts';

interface Measured {
  readonly candidates: readonly number[];
  readonly scored: readonly number[];
  readonly encoded: readonly number[];
  readonly boards: readonly number[];
}

const partitions = 12;
const rounds = 30;

/** P6: every board of every window, scope and formula made anew; its parts, of all partitions together. */
export async function boards(tokens: number): Promise<BenchResult> {
  const child = startChild('bench/src/peers/board-emission.ts', {
    flags: ['--max-semi-space-size=64', '--max-old-space-size=8192'],
    args: [String(tokens), String(rounds)],
  });
  const { candidates, scored, encoded, ...made } = JSON.parse(
    await child.line('RESULT'),
  ) as Measured;
  const published = scored.map((ms, i) => ms + (encoded[i] ?? 0));
  const count = Math.max(...made.boards);
  const perPartition = candidates.map((ms) => ms / partitions);
  const row = (name: string, figures: readonly number[]): Row => ({
    name,
    unit: 'ms',
    median: median(figures),
    min: Math.min(...figures),
    max: Math.max(...figures),
    ratio: median(figures) / median(published),
  });
  return {
    name: 'boards',
    rows: [
      row(`score and encode ${count} boards, all that there are`, published),
      row('of it: scores', scored),
      row('of it: encoding', encoded),
      row('candidates of 4 windows, one partition', perPartition),
    ],
    verdicts: [
      verdict(
        `P6 ≤ 20 ms for all boards at ${tokens.toLocaleString('en-US')} tokens`,
        median(published),
        {
          atMost: 20,
        },
      ),
      verdict('candidates of one partition ≤ 20 ms', median(perPartition), { atMost: 20 }),
    ],
  };
}
