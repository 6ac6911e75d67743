import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createReplicaAdmin } from '@trending/kafka';
import { createLogger } from '@trending/runtime';
import { seededRandom } from '@trending/runtime/random';
import { UsageError } from '@trending/runtime/usage';
import { runCommand } from '../command-line.ts';
import { openBench } from '../fault-bench.ts';
import { runLeaderMoves } from './leader-run.ts';
import { type LeaderMoveOptions, leaderMoveOptions, leaderMovesHelp } from './options.ts';

async function leaderMoves(options: LeaderMoveOptions): Promise<boolean> {
  const out = resolve(options.out);
  if (existsSync(join(out, 'result.json')))
    throw new UsageError(`${out} holds a run: another --out`);
  mkdirSync(out, { recursive: true });
  const prefix = randomBytes(10).toString('hex');
  const stackFlags = ['--brokers=3'];
  const bench = await openBench({ ...options, out, prefix, stackFlags });
  const admin = createReplicaAdmin({
    brokers: bench.stack.kafka.split(','),
    clientId: 'leader-moves',
    logger: createLogger({ service: 'leader-moves', level: 'fatal' }),
  });
  const progress = (text: string) => void process.stderr.write(`${text}\n`);
  const random = seededRandom(options.seed);
  try {
    const run = runLeaderMoves(options, { ...bench, admin, random, progress });
    const figures = await Promise.race([run, bench.failed]);
    const { publisher } = bench;
    const result = { ...figures, publisher: publisher.figures };
    writeFileSync(join(out, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    if (!options.json) process.stdout.write(`${figures.passed ? 'PASS' : 'FAIL'}\n`);
    return figures.passed;
  } finally {
    await admin.close();
    await bench.close();
  }
}

await runCommand('leader-moves', async () => {
  const options = leaderMoveOptions(process.argv.slice(2));
  if (options !== 'help') return leaderMoves(options);
  process.stdout.write(leaderMovesHelp);
  return true;
});
