import { once } from 'node:events';
import { reportFailure } from '@trending/runtime/usage';
import { Evaluation, type EvaluationStep } from './evaluation.ts';
import { EventLines } from './event-lines.ts';
import { evaluationOptions, help } from './options.ts';

const { stdin, stdout, stderr } = process;
async function write(text: string): Promise<void> {
  if (!stdout.write(text)) await once(stdout, 'drain');
}

const lineOf = ({ asOf, items }: EvaluationStep) =>
  `${JSON.stringify({ asOf: new Date(asOf).toISOString(), items })}\n`;

function tell(count: number, what: string): void {
  if (count > 0) stderr.write(`${count} ${what}\n`);
}

async function run(): Promise<void> {
  const settings = evaluationOptions(process.argv.slice(2));
  if (settings === 'help') return await write(help);
  const evaluation = new Evaluation(settings);
  const lines = new EventLines(stderr);
  for await (const events of lines.read(stdin.setEncoding('utf8')))
    for (const event of events) for (const step of evaluation.add(event)) await write(lineOf(step));
  for (const step of evaluation.end()) await write(lineOf(step));
  tell(lines.bad, `of ${lines.lines} lines were left out`);
  tell(evaluation.refused, 'views broke a rule of the pipeline and were not counted');
  tell(evaluation.ahead, 'views were far ahead of all others and were not counted');
  tell(evaluation.late, 'views came too late for any window and were not counted');
  if (lines.bad + lines.good > 0 && evaluation.counted === 0) process.exitCode = 1;
  if (process.exitCode === 1) stderr.write('no view was counted\n');
}

stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
try {
  await run();
} catch (error) {
  reportFailure('npm run -s boards-from-events', error);
}
