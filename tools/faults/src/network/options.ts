import { countOption, namesOption, optionValues } from '../command-line.ts';
import { type FaultName, faultNames } from './faults.ts';
import { type LinkName, linkNames } from './links.ts';

export interface NetworkFaultOptions {
  readonly json: boolean;
  readonly out: string;
  readonly faults: readonly FaultName[];
  readonly links: readonly LinkName[];
  /** How long each fault lasts. */
  readonly seconds: number;
  /** Produce answers to lose in the last part. */
  readonly drops: number;
  /** Views to be acknowledged while answers are lost, at least; the losses are spread over them. */
  readonly views: number;
  readonly seed: number;
  readonly viewsPerSecond: number;
  readonly portOffset: number;
}

export const networkFaultsHelp = `Disturbs the links between the apps and Kafka, registry and ClickHouse with toxiproxy, under load, and counts.

  npm run network-faults

  --faults a,b     of ${faultNames.join(', ')} (default all)
  --links a,b      of ${linkNames.join(', ')} (default all)
  --seconds N      how long each fault lasts (default 15)
  --drops N        Kafka produce answers to lose one by one at the end (default 1000)
  --views N        go on losing them until so many views are acknowledged, spread evenly (default 1)
  --out DIR        results, events and the stack's data (default artifacts/network-faults); must be new
  --seed S         (default 1)
  --rate N         views a second (default 300)
  --port-offset N  of the stack (default 9400)
  --json           print the result as one JSON object
  --help

Needs Go once, to build toxiproxy into .cache; without Go nothing is run, and the reason is printed.
`;

const options = {
  faults: { type: 'string', default: faultNames.join(',') },
  links: { type: 'string', default: linkNames.join(',') },
  seconds: { type: 'string', default: '15' },
  drops: { type: 'string', default: '1000' },
  views: { type: 'string', default: '1' },
  out: { type: 'string', default: 'artifacts/network-faults' },
  seed: { type: 'string', default: '1' },
  rate: { type: 'string', default: '300' },
  'port-offset': { type: 'string', default: '9400' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** @throws UsageError naming the option and what it takes. */
export function networkFaultOptions(args: readonly string[]): NetworkFaultOptions | 'help' {
  const values = optionValues(args, options);
  if (values.help) return 'help';
  return {
    faults: namesOption('faults', values.faults, faultNames),
    links: namesOption('links', values.links, linkNames),
    seconds: countOption('seconds', values.seconds),
    drops: countOption('drops', values.drops),
    views: countOption('views', values.views),
    out: values.out,
    json: values.json,
    seed: countOption('seed', values.seed),
    viewsPerSecond: countOption('rate', values.rate),
    portOffset: countOption('port-offset', values['port-offset']),
  };
}
