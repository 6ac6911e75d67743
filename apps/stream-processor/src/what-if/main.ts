import { writeFileSync } from 'node:fs';
import { systemClock } from '@trending/runtime';
import { reportFailure } from '@trending/runtime/usage';
import { createFeatureSource } from '../adapters/clickhouse-features.ts';
import { clickHouseOf, processConfig } from '../config.ts';
import { textOfGiven } from '../control/given-file.ts';
import { runWhatIf } from './command.ts';
import { whatIfHtml } from './html-report.ts';
import { whatIfHelp, whatIfOptions } from './options.ts';
import { whatIfText } from './report.ts';

async function run(): Promise<string> {
  const options = whatIfOptions(process.argv.slice(2), systemClock.now());
  if (options === 'help') return whatIfHelp;
  const source = createFeatureSource(clickHouseOf(processConfig()));
  try {
    const deps = { source, readFile: textOfGiven, terminal: process.stderr };
    const result = await runWhatIf(options, deps);
    if (options.html !== undefined) writeFileSync(options.html, whatIfHtml(result, options));
    return options.json ? `${JSON.stringify(result)}\n` : whatIfText(result, options);
  } finally {
    await source.close();
  }
}

try {
  process.stdout.write(await run());
} catch (error) {
  reportFailure('npm run what-if', error);
}
