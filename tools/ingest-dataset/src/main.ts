import { createProgressBar } from '@trending/runtime';
import { reportFailure } from '@trending/runtime/usage';
import { viewsIn } from './count-series.ts';
import { datasetHash, readDataset, readProgress, writeProgress } from './dataset-files.ts';
import { ingest } from './ingest.ts';
import { type IngestOptions, ingestHelp, ingestOptions } from './options.ts';
import { viewEvents } from './view-events.ts';

async function publish(options: IngestOptions): Promise<string> {
  const { api, key, chain, speed, resume } = options;
  const series = await readDataset(options.path);
  const dataset = datasetHash(series, chain);
  const total = Math.min(viewsIn(series), options.limit);
  const skip = await readProgress(resume, dataset);
  const bar = createProgressBar({ label: 'ingest', total: total - skip, stream: process.stderr });
  const startedAt = performance.now();
  const progressed = async (views: number) => {
    bar.update(views - skip);
    await writeProgress(resume, dataset, views);
  };
  try {
    const views = viewEvents(series, { chain });
    const counts = await ingest(views, { api, key, speed, skip, limit: total, progressed });
    const seconds = (performance.now() - startedAt) / 1_000;
    const result = { series: series.length, ...counts, seconds: Number(seconds.toFixed(1)) };
    if (options.json) return `${JSON.stringify(result)}\n`;
    return `${counts.accepted} views of ${series.length} tokens published in ${seconds.toFixed(1)} s, ${counts.duplicate} duplicates, ${counts.filtered} filtered\n`;
  } finally {
    bar.end();
  }
}

try {
  const options = ingestOptions(process.argv.slice(2), process.env);
  process.stdout.write(options === 'help' ? ingestHelp : await publish(options));
} catch (error) {
  reportFailure('npm run ingest-dataset', error);
}
