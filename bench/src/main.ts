import { drain } from './drain.ts';
import { type BenchResult, report } from './harness.ts';
import { ingestBatch, ingestSingle } from './ingest.ts';
import { latency } from './latency.ts';
import { memory } from './memory.ts';
import { type BenchStack, withStack } from './stack.ts';

const suites: Readonly<Record<string, (stack: BenchStack) => Promise<BenchResult>>> = {
  'ingest-single': ingestSingle,
  'ingest-batch': ingestBatch,
  drain: (stack) => drain(stack, { views: 1_000_000, tokens: 50_000, rounds: 3 }),
  latency,
};

const usage = `npm run bench [-- ${Object.keys(suites).join('|')}|memory …]   all of them by default; each prints a table and writes artifacts/bench/<name>.json`;
const asked = process.argv.slice(2);
if (asked.includes('--help')) {
  console.log(usage);
} else {
  const names = asked.length > 0 ? asked : ['memory', ...Object.keys(suites)];
  const unknown = names.filter((name) => name !== 'memory' && suites[name] === undefined);
  if (unknown.length > 0) throw new Error(`unknown benchmark ${unknown.join(', ')}. ${usage}`);
  if (names.includes('memory')) report(await memory([10_000, 100_000, 1_000_000]));
  const onStack = names.filter((name) => name !== 'memory');
  if (onStack.length > 0) {
    await withStack(async (stack) => {
      for (const name of onStack) {
        const suite = suites[name];
        if (suite !== undefined) report(await suite(stack));
      }
    });
  }
}
