import type { ExplainAnswer } from '@trending/schemas/http/tokens';
import { chainLook } from './chains.ts';
import { compact } from './format.ts';

/** What a score follows from; absent where the formula has no expectation. */
type Inputs = NonNullable<ExplainAnswer['inputs']>;

/** One line of the table below a score. */
export interface Figure {
  readonly label: string;
  readonly value: string;
}

/** What the gateway says is usual for a token, and what it did not count, line by line; nothing for formulas that expect nothing. */
export function figuresOf(answer: ExplainAnswer): readonly Figure[] {
  const { inputs, phi, expected, effectiveVisitors, visitors } = answer;
  // Halves as the sentence above the table rounds them.
  const uncounted = visitors - Math.round(effectiveVisitors);
  if (inputs === null || phi === null) return [];
  return [
    { label: 'Visitors of all tokens', value: compact(Math.round(inputs.siteVisitors)) },
    { label: 'Its usual share of them', value: percentText(inputs.share) },
    { label: 'Compared with', value: cohortText(inputs) },
    { label: 'Busier at this hour', value: raiseText(inputs) },
    { label: 'Visitors usual now', value: compact(Math.round(expected)) },
    { label: 'How restless it is (φ)', value: phi.toFixed(2) },
    {
      label: 'Visitors not counted',
      value: `${compact(uncounted)} of ${compact(visitors)}`,
    },
  ];
}

/** Two figures, however small: 0.51%, 0.0042%. */
function percentText(part: number): string {
  const percent = part * 100;
  if (percent > 0 && percent < 0.0001) return 'below 0.0001%';
  return `${Number(percent.toPrecision(2))}%`;
}

/** `eth/young` and so on, told; a name of another form as it is. */
function cohortText({ cohort }: Inputs): string {
  const [chain = '', age] = cohort.split('/');
  if (age === 'young') return `${chainLook(chain).label}, first day`;
  return age === 'old' ? `${chainLook(chain).label}, over a day old` : cohort;
}

function raiseText({ hourIndex }: Inputs): string {
  const percent = Math.round((hourIndex - 1) * 100);
  return percent > 0 ? `+${percent}%` : 'no';
}
