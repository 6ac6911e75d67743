import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { seededRandom } from '@trending/runtime/random';
import { UsageError } from '@trending/runtime/usage';
import { runCommand } from '../command-line.ts';
import { openBench } from '../fault-bench.ts';
import { linkNames, linksAt } from './links.ts';
import { type NetworkRow, runNetworkFaults } from './network-run.ts';
import { type NetworkFaultOptions, networkFaultOptions, networkFaultsHelp } from './options.ts';
import { isGood, networkReport, rowText } from './report.ts';
import { ResponseDropper } from './response-dropper.ts';
import { Toxiproxy, toxiproxyServer } from './toxiproxy.ts';

const root = resolve(import.meta.dirname, '../../../..');

async function networkFaults(options: NetworkFaultOptions): Promise<boolean> {
  const server = await toxiproxyServer(process.env['TRENDING_CACHE'] || join(root, '.cache'));
  if ('missing' in server) {
    const skipped = { skipped: server.missing };
    process.stdout.write(
      options.json ? `${JSON.stringify(skipped)}\n` : `skipped: ${server.missing}\n`,
    );
    return true;
  }
  const out = resolve(options.out);
  if (existsSync(join(out, 'results.jsonl')))
    throw new UsageError(`${out} holds a run: another --out`);
  mkdirSync(out, { recursive: true });
  const links = linksAt(options.portOffset);
  const proxy = await Toxiproxy.start(server.path, links.control, join(out, 'toxiproxy.log'));
  const dropper = new ResponseDropper(links.dropper + 2, seededRandom(options.seed));
  try {
    for (const name of linkNames) await proxy.addProxy(name, links[name]);
    await dropper.listen(links.dropper);
    return await onBench(options, { out, proxy, dropper });
  } finally {
    await dropper.close();
    await proxy.stop();
  }
}

interface Between {
  readonly out: string;
  readonly proxy: Toxiproxy;
  readonly dropper: ResponseDropper;
}

async function onBench(options: NetworkFaultOptions, between: Between): Promise<boolean> {
  const { out } = between;
  const prefix = randomBytes(10).toString('hex');
  const bench = await openBench({ ...options, out, prefix, stackFlags: ['--proxied'] });
  const rows: NetworkRow[] = [];
  const row = (found: NetworkRow): void => {
    rows.push(found);
    appendFileSync(join(out, 'results.jsonl'), `${JSON.stringify(found)}\n`);
    process.stderr.write(`${isGood(found) ? 'PASS' : 'FAIL'} ${rowText(found)}\n`);
    for (const difference of found.verdict.differences)
      process.stderr.write(`    ${JSON.stringify(difference)}\n`);
  };
  try {
    const progress = (line: string) => void process.stderr.write(`${line}\n`);
    const run = runNetworkFaults(options, { ...bench, ...between, row, progress });
    const passed = await Promise.race([run, bench.failed]);
    writeFileSync(join(out, 'report.md'), `${networkReport(rows)}\n`);
    const text = `${networkReport(rows)}\n\n${passed ? 'PASS' : 'FAIL'}\n`;
    process.stdout.write(options.json ? `${JSON.stringify({ passed, rows })}\n` : text);
    return passed;
  } finally {
    await bench.close();
  }
}

await runCommand('network-faults', async () => {
  const options = networkFaultOptions(process.argv.slice(2));
  if (options !== 'help') return networkFaults(options);
  process.stdout.write(networkFaultsHelp);
  return true;
});
