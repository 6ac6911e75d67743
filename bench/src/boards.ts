import { windowNames } from '@trending/schemas';
import { selectionsOf } from '@trending/stream-processor/boards';
import { startChild } from './child.ts';
import { type BenchResult, median, type Row, type Verdict, verdict } from './harness.ts';

interface Measured {
  /** ms by step, a figure a round. */
  readonly figures: Readonly<Record<string, readonly number[]>>;
  readonly boards: number;
}

const partitions = 12;
/** The greatest of so many is their 99th percentile. */
const rounds = 40;
const settings = [
  { name: 'six chains', categories: 0 },
  { name: 'six chains, 26 categories', categories: 26 },
];

/**
 * P6: what one emission of each part of the boards takes, as a ranker makes them, and all boards of all windows together; and what
 * comes before: the candidate sets of all partitions, made, encoded, and decoded by the ranker.
 */
export async function boards(tokens: number): Promise<BenchResult> {
  const [rows, verdicts]: [Row[], Verdict[]] = [[], []];
  for (const { name, categories } of settings) {
    const measured = await measure(tokens, categories);
    const found = new Figures(name, measured);
    rows.push(...found.rows());
    verdicts.push(...found.verdicts(tokens));
  }
  return { name: 'boards', rows, verdicts };
}

async function measure(tokens: number, categories: number): Promise<Measured> {
  const child = startChild('bench/src/peers/board-emission.ts', {
    flags: ['--max-semi-space-size=64', '--max-old-space-size=8192'],
    args: [String(tokens), String(rounds), String(categories)],
  });
  return JSON.parse(await child.line('RESULT')) as Measured;
}

class Figures {
  readonly #setting: string;
  readonly #measured: Measured;
  readonly #all: readonly number[];

  constructor(setting: string, measured: Measured) {
    this.#setting = setting;
    this.#measured = measured;
    this.#all = this.#sum('sum scored', 'sum encoded');
  }

  rows(): Row[] {
    const { boards } = this.#measured;
    return [
      this.#row(`score and encode ${boards} boards, all that there are`, this.#all),
      this.#row('of it: scores', this.#sum('sum scored')),
      this.#row('of it: encoding', this.#sum('sum encoded')),
      ...this.#parts().map(([part, figures]) => this.#row(`boards of ${part}`, figures)),
      ...windowNames.flatMap((window) => [
        this.#row(`candidates of ${window}`, this.#sum(`${window} candidates`)),
        this.#row(`${window} sets encoded`, this.#sum(`${window} sets encoded`)),
        this.#row(`${window} sets taken in`, this.#sum(`${window} sets taken in`)),
      ]),
      this.#row('candidates of 4 windows, one partition', this.#onePartition()),
    ];
  }

  verdicts(tokens: number): Verdict[] {
    const at = `at ${tokens.toLocaleString('en-US')} tokens, ${this.#setting}`;
    const dearest = Math.max(...this.#parts().map(([, figures]) => median(figures)));
    const limit = { atMost: 20 };
    return [
      verdict(`P6 ≤ 20 ms for all boards ${at}`, median(this.#all), limit),
      verdict(`P6 ≤ 20 ms for the dearest part ${at}`, dearest, limit),
      verdict(`candidates of one partition ≤ 20 ms ${at}`, median(this.#onePartition()), limit),
    ];
  }

  #parts(): [string, readonly number[]][] {
    return windowNames
      .flatMap((window) => selectionsOf(window).map(({ name }) => `${window} ${name}`))
      .map((part) => [part, this.#sum(`${part} scored`, `${part} encoded`)]);
  }

  #onePartition(): readonly number[] {
    const all = this.#sum(...windowNames.map((window) => `${window} candidates`));
    return all.map((ms) => ms / partitions);
  }

  /** Round by round. */
  #sum(...steps: readonly string[]): readonly number[] {
    const lists = steps.map((step) => this.#measured.figures[step] ?? []);
    return Array.from({ length: rounds }, (_, round) =>
      lists.reduce((sum, list) => sum + (list[round] ?? Number.NaN), 0),
    );
  }

  #row(name: string, figures: readonly number[]): Row {
    return {
      name: `${this.#setting}: ${name}`,
      unit: 'ms',
      median: median(figures),
      min: Math.min(...figures),
      max: Math.max(...figures),
      ratio: median(figures) / median(this.#all),
    };
  }
}
