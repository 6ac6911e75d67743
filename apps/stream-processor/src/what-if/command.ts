import { createProgressBar } from '@trending/runtime';
import { UsageError } from '@trending/runtime/usage';
import { triedFormula } from '../control/formula-file.ts';
import { rankFormulaOf } from '../tasks/rank-formulas.ts';
import type { WhatIfOptions } from './options.ts';
import { type Step, WhatIf, type WhatIfResult } from './what-if.ts';

/** Which looks to read. Times in ms; `to` is not included. */
export interface StepQuestion {
  readonly window: string;
  readonly from: number;
  readonly to: number;
  readonly everyMs: number;
}

/** Where remembered features come from: one set for each step that has any, in the order of time. */
export interface StepSource {
  steps(question: StepQuestion): AsyncIterable<Step>;
}

export interface WhatIfDeps {
  readonly source: StepSource;
  readonly readFile: (path: string) => string;
  /** Where the progress bar is drawn. */
  readonly terminal: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** Runs the question to its end. @throws UsageError for a formula that is wrong or a range without features */
export async function runWhatIf(
  options: WhatIfOptions,
  { source, readFile, terminal }: WhatIfDeps,
): Promise<WhatIfResult> {
  const formula = triedFormula(readFile(options.file), options.file);
  const whatIf = new WhatIf(options, rankFormulaOf(formula), formula.base ?? formula.id);
  const total = Math.ceil((options.to - options.from) / options.everyMs);
  const bar = createProgressBar({ label: 'what-if', total, stream: terminal });
  let looks = 0;
  try {
    for await (const step of source.steps(options)) {
      whatIf.look(step);
      looks += 1;
      bar.update(looks);
    }
  } finally {
    bar.end();
  }
  if (looks === 0)
    throw new UsageError(
      'no features are remembered for that window and range: they are kept for 30 days, from when the sink wrote them',
    );
  return whatIf.result();
}
