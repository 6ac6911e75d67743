import { parseArgs } from 'node:util';
import { reportFailure } from '@trending/runtime/usage';
import { wholeNumber } from '../options.ts';
import { mergeCases } from './merge-cases.ts';

const help = `Counts made-up sites in partitions, merges and ranks them as the service does, and compares every board with a plain ranking of all tokens
in one process: totals, scopes, order, ties, places and scores of every formula.

  npm run merge-cases -- --cases 100000 --seed 1

  --cases N    how many sites (default 1000)
  --seed S     of the first one; the next one has S + 1 (default 1)
  --json       standard output has the result only, one JSON object
  --help
Exit code 1 when a board differs; its seed is printed.
`;
const progressEvery = 5_000;

try {
  const { values } = parseArgs({
    options: {
      cases: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) process.stdout.write(help);
  else {
    const range = {
      from: wholeNumber('seed', values.seed),
      count: wholeNumber('cases', values.cases),
    };
    const tally = mergeCases(range, ({ cases, wrong }) => {
      if (cases % progressEvery === 0)
        process.stderr.write(`${cases} of ${range.count} cases, ${wrong.length} wrong\n`);
    });
    const { wrong, ...sums } = tally;
    const seconds = Math.round(process.cpuUsage().user / 1e6);
    for (const { seed, error } of wrong) process.stderr.write(`seed ${seed}: ${error}\n`);
    const result = {
      ...sums,
      wrong: values.json ? wrong : wrong.length,
      processorSeconds: seconds,
    };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    if (wrong.length > 0) process.exitCode = 1;
  }
} catch (error) {
  reportFailure('npm run merge-cases', error);
}
