import { parseArgs } from 'node:util';
import { UsageError } from '@trending/runtime/usage';

export const simHelp = `Runs the service in a simulated world, one seed after the other; the same seed makes the same faults.

  npm run sim -- --seeds 2000
  npm run sim -- --seed 17 --trace

  --seeds N      how many (default 2000)
  --from N       the first of them (default 1)
  --seed N       this one only
  --trace        with --seed: every step
  --workers N    processes beside each other (default: one a processor)
  --ledger FILE  remember seeds that were run, and leave out those that this source passed
  --json         standard output has the result only, one JSON object; everything else goes to standard error
  --help
Exit code 1 when a seed failed.
`;

export interface SimOptions {
  readonly seeds: number;
  readonly from: number;
  readonly seed: number | undefined;
  readonly trace: boolean;
  readonly workers: number;
  readonly ledger: string | undefined;
  readonly json: boolean;
}

/** @throws UsageError naming the option; whatever `parseArgs` throws for an option that is none. */
export function simOptions(args: readonly string[], workers: number): SimOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string', default: '2000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      trace: { type: 'boolean', default: false },
      workers: { type: 'string', default: String(workers) },
      ledger: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    seeds: wholeNumber('seeds', values.seeds),
    from: wholeNumber('from', values.from),
    seed: values.seed === undefined ? undefined : wholeNumber('seed', values.seed),
    trace: values.trace,
    workers: wholeNumber('workers', values.workers),
    ledger: values.ledger,
    json: values.json,
  };
}

export const mutantsHelp = `Puts one fault after the other into the code and runs the simulation until somebody catches it.

  npm run sim:mutants

  --only NAME    this fault only
  --sample N     so many of them, drawn by the source: the same ones until something simulated changes (default all)
  --seeds N      seeds to try for each (default 1500)
  --workers N    faults beside each other (default 2)
  --json         print one JSON array instead of a table
  --help
Exit code 1 when a fault was not caught.
`;

export interface MutantsOptions {
  readonly only: string | undefined;
  readonly sample: number | undefined;
  readonly seeds: number;
  readonly workers: number;
  readonly json: boolean;
}

/** @param names of the faults there are. @throws UsageError as {@link simOptions} */
export function mutantsOptions(
  args: readonly string[],
  names: readonly string[],
): MutantsOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      sample: { type: 'string' },
      seeds: { type: 'string', default: '1500' },
      workers: { type: 'string', default: '2' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  if (values.only !== undefined && !names.includes(values.only))
    throw new UsageError(`--only ${values.only}: give one of ${names.join(', ')}`);
  return {
    only: values.only,
    sample: values.sample === undefined ? undefined : wholeNumber('sample', values.sample),
    seeds: wholeNumber('seeds', values.seeds),
    workers: wholeNumber('workers', values.workers),
    json: values.json,
  };
}

/** @throws UsageError naming the option. */
export function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new UsageError(`--${name} ${text}: give a whole number from 1 on`);
}
