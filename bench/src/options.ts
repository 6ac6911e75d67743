import { parseArgs } from 'node:util';
import { countOf, countsOf } from '@trending/runtime/command-line';
import { UsageError } from '@trending/runtime/usage';

export interface BenchOptions {
  /** Benchmarks asked for; none = all of them. */
  readonly names: readonly string[];
  /** Sizes for memory, tokens. */
  readonly tokens: readonly number[];
  readonly restoreTokens: readonly number[];
  /** Backlog of streams. */
  readonly views: number;
  readonly clients: number;
  readonly rounds: number;
  /** First one that the servers of fanout, storm and slow-clients listen on. */
  readonly port: number;
  readonly attackers: number | undefined;
  /** Root of another checkout. */
  readonly beside: string | undefined;
}

/** @param known names of the benchmarks there are */
export function benchHelp(known: readonly string[]): string {
  return `Measures, beside peers in the same run; each benchmark prints a table and writes artifacts/bench/<name>.json.

  npm run bench -- fanout storm --rounds 2

  NAME …                 of ${known.join(', ')}
                         (default all of them, page where there is a Chromium)
  --tokens LIST          memory: sizes, tokens (default 10000,100000,1000000)
  --restore-tokens LIST  restore: sizes, tokens (default 100000,1000000)
  --views N              streams: views of the backlog (default 2000000)
  --clients N            fanout, storm: clients at once (default 10000)
  --rounds N             fanout, storm, slow-clients, streams, page: rounds that count (default 3)
  --port N               fanout, storm, slow-clients: their servers listen from this port on (default 4700)
  --attackers N          slow-clients: with so many sockets that read nothing, or a byte a second, on each transport, beside 50 healthy
                         clients (default: a hundred slow clients beside 2000)
  --beside DIR           page: another checkout, whose element is measured in turn with this one's (default none)
  --help
Those that need a stack take the one of TRENDING_STACK, a file with what npm run -s status -- --json prints, else start one and stop it.
`;
}

/** @param known names of the benchmarks there are. @throws UsageError naming what is wrong; whatever `parseArgs` throws for an option that is none. */
export function benchOptions(
  args: readonly string[],
  known: readonly string[],
): BenchOptions | 'help' {
  const { values, positionals: names } = parsed(args);
  if (values.help) return 'help';
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new UsageError(
      `no benchmark is called ${unknown.join(', ')}: known are ${known.join(', ')}`,
    );
  const { attackers, beside } = values;
  return {
    names,
    tokens: countsOf('tokens', values.tokens, crowd),
    restoreTokens: countsOf('restore-tokens', values['restore-tokens'], crowd),
    views: countOf('views', values.views, { min: 1, max: 1_000_000_000 }),
    clients: countOf('clients', values.clients, crowd),
    rounds: countOf('rounds', values.rounds, { min: 1, max: 1_000 }),
    // The last of them listens on the fourth port behind the first.
    port: countOf('port', values.port, { min: 1, max: 65_531 }),
    attackers: attackers === undefined ? undefined : countOf('attackers', attackers, crowd),
    beside,
  };
}

const crowd = { min: 1, max: 100_000_000 };

function parsed(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      tokens: { type: 'string', default: '10000,100000,1000000' },
      'restore-tokens': { type: 'string', default: '100000,1000000' },
      views: { type: 'string', default: '2000000' },
      clients: { type: 'string', default: '10000' },
      rounds: { type: 'string', default: '3' },
      port: { type: 'string', default: '4700' },
      attackers: { type: 'string' },
      beside: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
}
