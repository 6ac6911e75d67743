import { runCommand } from '../command-line.ts';
import { killMatrix } from './kill-matrix.ts';
import { killMatrixHelp, killMatrixOptions } from './options.ts';

await runCommand('kill-matrix', async () => {
  const options = killMatrixOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(killMatrixHelp);
    return true;
  }
  const said = (text: string) => void process.stderr.write(`${text}\n`);
  const { passed, report, results } = await killMatrix(options, said);
  const { plan, kills, verdicts } = results;
  const text = `${report}\n\n${passed ? 'PASS' : 'FAIL'}\n`;
  process.stdout.write(
    options.json ? `${JSON.stringify({ passed, plan, kills, verdicts })}\n` : text,
  );
  return passed;
});
