import { existsSync } from 'node:fs';
import { runCommand } from '@trending/runtime/command-line';
import { UsageError } from '@trending/runtime/usage';
import { boards } from './boards.ts';
import { drain } from './drain.ts';
import { fanout } from './fanout/fanout.ts';
import { slowClients } from './fanout/slow.ts';
import { slowCrowd } from './fanout/slow-crowd.ts';
import { storm } from './fanout/storm.ts';
import { type BenchResult, progress, report } from './harness.ts';
import { ingestBatch, ingestSingle } from './ingest.ts';
import { latency } from './latency.ts';
import { memory } from './memory.ts';
import { type BenchOptions, benchHelp, benchOptions } from './options.ts';
import { hasBrowser, page } from './page/page.ts';
import { poison } from './poison.ts';
import { restore } from './restore.ts';
import { type BenchStack, withStack } from './stack.ts';
import { whyNoPeer } from './streams/peer.ts';
import { streams } from './streams/streams.ts';

type Suite = (stack: BenchStack, options: BenchOptions) => Promise<BenchResult>;
type SuiteAlone = (options: BenchOptions) => Promise<BenchResult>;

const suites: Readonly<Record<string, Suite>> = {
  'ingest-single': ingestSingle,
  'ingest-batch': ingestBatch,
  drain: (stack) => drain(stack, { views: 2_000_000, tokens: 50_000, rounds: 3 }),
  streams: (stack, { views, rounds }) => streams(stack, { views, tokens: 50_000, rounds }),
  poison: (stack) => poison(stack, { records: 1_000_000, tokens: 50_000, rounds: 3 }),
  latency,
  fanout: (stack, { clients, rounds, port }) => fanout(stack, { clients, rounds, port }),
  storm: (stack, { clients, rounds, port }) => storm(stack, { clients, rounds, port }),
  'slow-clients': (stack, { attackers, rounds, port }) =>
    attackers === undefined
      ? slowClients(stack, { rounds, port, clients: 2_000 })
      : slowCrowd(stack, { rounds, port, clients: 50, attackers }),
  restore: (stack, { restoreTokens }) => restore(stack, restoreTokens),
};

/** Those that need no stack. */
const alone: Readonly<Record<string, SuiteAlone>> = {
  memory: ({ tokens }) => memory(tokens),
  boards: () => boards(100_000),
  page: ({ rounds, beside }) => page({ rounds, beside }),
};

const known = [...Object.keys(suites), ...Object.keys(alone)];

async function measure(options: BenchOptions): Promise<void> {
  const everything = known.filter((name) => name !== 'page' || hasBrowser);
  const names = options.names.length > 0 ? options.names : everything;
  for (const [name, suite] of Object.entries(alone))
    if (names.includes(name)) report(await suite(options));
  const onStack = await suitesOnStack(names);
  if (onStack.length === 0) return;
  await withStack(async (stack) => {
    for (const suite of onStack) report(await suite(stack, options));
  });
}

/** Tells of what this machine cannot run. */
async function suitesOnStack(names: readonly string[]): Promise<Suite[]> {
  const found: Suite[] = [];
  for (const name of names) {
    const suite = suites[name];
    if (suite === undefined) continue;
    const missing = name === 'streams' ? await whyNoPeer() : undefined;
    if (missing === undefined) found.push(suite);
    else progress(`${name} is left out: ${missing}`);
  }
  return found;
}

/** @throws UsageError */
function requireElement({ beside }: BenchOptions): void {
  if (beside !== undefined && !existsSync(`${beside}/packages/client/src/element/index.ts`))
    throw new UsageError(
      `--beside ${beside}: give the root of another checkout; there is no packages/client/src/element/index.ts`,
    );
}

await runCommand('bench', async () => {
  const options = benchOptions(process.argv.slice(2), known);
  if (options === 'help') return { text: benchHelp(known), ok: true };
  requireElement(options);
  await measure(options);
  return { text: '', ok: true };
});
// Servers and sockets that a benchmark left open when it failed would keep the process for ever.
if (process.exitCode !== 0) process.exit();
