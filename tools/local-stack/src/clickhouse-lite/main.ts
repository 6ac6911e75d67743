import { createLogger, runService } from '@trending/runtime';
import { processConfig } from './config.ts';
import { openDataDir } from './data-dir.ts';
import { createClickHouseLite } from './server.ts';

const runningMax = 12;
const config = processConfig(runningMax + 4);
const logger = createLogger({ service: 'clickhouse-lite', level: config.LOG_LEVEL });
const dataDir = openDataDir(config.CLICKHOUSE_LITE_DIR);
process.on('exit', () => dataDir.dispose());

const server = createClickHouseLite({
  host: config.HOST,
  port: config.CLICKHOUSE_LITE_PORT,
  dir: dataDir.path,
  users: [
    { name: 'default', password: config.CLICKHOUSE_LITE_PASSWORD, readonly: 0 },
    { name: 'analyst', password: config.CLICKHOUSE_LITE_ANALYST_PASSWORD, readonly: 2 },
  ],
  bodyBytesMax: config.CLICKHOUSE_LITE_BODY_BYTES_MAX,
  runningMax,
  waitingMax: 256,
  logger,
});

await runService({ logger, parts: [server] });
logger.info({ url: server.url(), dir: dataDir.path }, 'clickhouse-lite is ready');
