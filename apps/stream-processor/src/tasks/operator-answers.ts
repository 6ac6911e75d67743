import type { OpsAnswer } from '@trending/runtime';
import type { Board } from '@trending/schemas';
import type { ControlTable } from '../state/control-table.ts';
import { historyAnswer, listAnswer } from './control-report.ts';

const historyMax = 1_000;

export interface OperatorSources {
  readonly now: () => number;
  /** Undefined before the role has started. */
  readonly table: () => ControlTable | undefined;
  /** Undefined on processes that do not own the boards. */
  readonly suspected: () => readonly Board[] | undefined;
}

/** What operators ask the rank role on its ops port, which the public does not reach. */
export function operatorAnswers({ now, table, suspected }: OperatorSources): readonly OpsAnswer[] {
  return [
    {
      path: '/api/v1/control',
      answer() {
        const known = table();
        if (known === undefined) return undefined;
        return { ...listAnswer(known, now()), history: historyAnswer(known, historyMax) };
      },
    },
    { path: '/api/v1/suspected', answer: () => suspected()?.map(suspectedAnswer) },
  ];
}

function suspectedAnswer({ formula, window, asOf, controlOffset, items }: Board) {
  return {
    ...{ formula, window, controlOffset, asOf: new Date(asOf).toISOString() },
    items: items.map(({ rank, token, scoreMicro, rawViews, visitors, networks, flags }) => ({
      ...{ rank, token, scoreMicro, rawViews, visitors, networks, flags },
    })),
  };
}
