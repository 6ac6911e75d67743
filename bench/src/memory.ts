import { startChild } from './child.ts';
import { type BenchResult, type Row, verdict } from './harness.ts';

interface Measured {
  readonly bytes: number;
  readonly foldMicros: number;
  /** The candidates of all windows, read for the first time. */
  readonly firstMs: number;
  /** What is kept of them for the next time. */
  readonly keptBytes: number;
  /** Read again, a second and 1,000 views later. */
  readonly emitMs: number;
  /** Read again, a second later. */
  readonly quietMs: number;
}

/** P6–P8: bytes per active token over 24 h with uniques, cost of a fold and of reading all candidates, at several sizes. */
export async function memory(sizes: readonly number[]): Promise<BenchResult> {
  const found: Measured[] = [];
  for (const size of sizes) found.push(await measure(size));
  const row = (unit: string, figure: (m: Measured) => number): Row[] =>
    found.map((m, i) => {
      const value = figure(m);
      const first = found[0];
      const name = `${(sizes[i] ?? 0).toLocaleString('en-US')} tokens`;
      return {
        name,
        unit,
        median: value,
        min: value,
        max: value,
        ratio: first === undefined ? 1 : value / figure(first),
      };
    });
  const rows = [
    ...row('bytes per active token', ({ bytes }) => bytes),
    ...row('µs per view folded', ({ foldMicros }) => foldMicros),
    ...row('ms to read the candidates of 4 windows at first', ({ firstMs }) => firstMs),
    ...row('MB kept of them', ({ keptBytes }) => keptBytes / 1e6),
    ...row('ms to read them after a second and 1,000 views', ({ emitMs }) => emitMs),
    ...row('ms to read them after a second without views', ({ quietMs }) => quietMs),
  ];
  const at100k = found[sizes.indexOf(100_000)];
  const last = found.at(-1);
  return {
    name: 'memory',
    rows,
    verdicts: [
      verdict('P7 ≤ 2,500 bytes per active token at 100k', at100k?.bytes ?? Number.NaN, {
        atMost: 2_500,
      }),
      verdict(
        'P6 ≤ 20 ms for the candidates of all windows at 100k',
        at100k?.emitMs ?? Number.NaN,
        { atMost: 20 },
      ),
      verdict(
        'P8 fold at the largest size ≤ 2× the smallest',
        (last?.foldMicros ?? Number.NaN) / (found[0]?.foldMicros ?? 1),
        { atMost: 2 },
      ),
    ],
  };
}

async function measure(tokens: number): Promise<Measured> {
  const child = startChild('bench/src/peers/state-memory.ts', {
    flags: ['--expose-gc', '--max-old-space-size=8192'],
    args: [String(tokens), tokens > 100_000 ? '5' : '20'],
  });
  return JSON.parse(await child.line('RESULT')) as Measured;
}
