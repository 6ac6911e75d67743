import { parseArgs } from 'node:util';
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
import { hasBrowser, page } from './page/page.ts';
import { poison } from './poison.ts';
import { restore } from './restore.ts';
import { type BenchStack, withStack } from './stack.ts';
import { whyNoPeer } from './streams/peer.ts';
import { streams } from './streams/streams.ts';

const suites: Readonly<Record<string, (stack: BenchStack) => Promise<BenchResult>>> = {
  'ingest-single': ingestSingle,
  'ingest-batch': ingestBatch,
  drain: (stack) => drain(stack, { views: 2_000_000, tokens: 50_000, rounds: 3 }),
  streams: (stack) =>
    streams(stack, {
      views: countOf(values.views),
      tokens: 50_000,
      rounds: countOf(values.rounds),
    }),
  poison: (stack) => poison(stack, { records: 1_000_000, tokens: 50_000, rounds: 3 }),
  latency,
  fanout: (stack) => fanout(stack, { ...pushSettings(), clients: countOf(values.clients) }),
  storm: (stack) => storm(stack, { ...pushSettings(), clients: countOf(values.clients) }),
  'slow-clients': (stack) =>
    values.attackers === undefined
      ? slowClients(stack, { ...pushSettings(), clients: 2_000 })
      : slowCrowd(stack, {
          ...{ ...pushSettings(), clients: 50 },
          attackers: countOf(values.attackers),
        }),
  restore: (stack) => restore(stack, sizesOf(values['restore-tokens'])),
};

/** Those that need no stack. */
const alone: Readonly<Record<string, () => Promise<BenchResult>>> = {
  memory: () => memory(sizesOf(values.tokens)),
  boards: () => boards(100_000),
  page: () => page({ rounds: countOf(values.rounds), beside: values.beside }),
};

const usage = `npm run bench [-- ${Object.keys(suites).join('|')}|memory|boards|page …]   all of them by default (page where there is a Chromium); each prints a table and writes artifacts/bench/<name>.json
  --tokens LIST           sizes for memory (default 10000,100000,1000000)
  --restore-tokens LIST   sizes for restore (default 100000,1000000)
  --views N               size of the backlog of streams (default 2000000)
  --clients N --rounds N  of fanout and storm (default 10000 and 3; --rounds of page and streams too); their servers listen from --port (default 4700) on
  --attackers N           slow-clients with so many sockets that read nothing, or a byte a second, on each transport, beside 50 healthy clients
  --beside DIR            another checkout, whose element page measures in turn with this one's`;
const { values, positionals: asked } = parseArgs({
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
if (values.help) {
  console.log(usage);
} else {
  const everything = [...Object.keys(alone), ...Object.keys(suites)];
  const names =
    asked.length > 0 ? asked : everything.filter((name) => name !== 'page' || hasBrowser);
  const known = { ...alone, ...suites };
  const unknown = names.filter((name) => !Object.hasOwn(known, name));
  if (unknown.length > 0) throw new Error(`unknown benchmark ${unknown.join(', ')}. ${usage}`);
  for (const [name, suite] of Object.entries(alone))
    if (names.includes(name)) report(await suite());
  const onStack: string[] = [];
  for (const name of names.filter((name) => Object.hasOwn(suites, name))) {
    const missing = name === 'streams' ? await whyNoPeer() : undefined;
    if (missing === undefined) onStack.push(name);
    else progress(`${name} is left out: ${missing}`);
  }
  if (onStack.length > 0) {
    await withStack(async (stack) => {
      for (const name of onStack) {
        const suite = suites[name];
        if (suite !== undefined) report(await suite(stack));
      }
    });
  }
}

function sizesOf(list: string): number[] {
  const sizes = list.split(',').map(Number);
  if (sizes.every((size) => Number.isSafeInteger(size) && size > 0)) return sizes;
  throw new Error(`--tokens ${list}: give whole numbers, e.g. 10000,100000`);
}

function pushSettings() {
  return { rounds: countOf(values.rounds), port: countOf(values.port) };
}

function countOf(text: string): number {
  return sizesOf(text)[0] ?? Number.NaN;
}
