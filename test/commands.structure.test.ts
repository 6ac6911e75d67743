import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

interface Said {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a script of package.json says to these words, run as npm runs it. */
function said(script: string, ...words: string[]): Promise<Said> {
  const [, ...args] = scripts[script]?.split(' ') ?? [];
  return new Promise((resolve) =>
    execFile(process.execPath, [...args, ...words], { cwd: root }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
    ),
  );
}

/** Options of each command. */
const commands: readonly (readonly [script: string, options: readonly string[]])[] = [
  ['bench', ['--clients', '--rounds', '--port', '--views', '--tokens', '--restore-tokens']],
  ['conservation', ['--wait', '--json']],
  ['eval', ['--seeds', '--tokens', '--days', '--go-on', '--formula', '--attacks', '--json']],
  ['eval-nab', ['--data', '--json']],
  ['kill-matrix', ['--kills', '--seed', '--targets', '--kinds', '--brokers', '--out', '--resume']],
  ['leader-moves', ['--moves', '--every-seconds', '--kill-every', '--out', '--seed', '--rate']],
  ['merge-cases', ['--cases', '--seed', '--json']],
  ['network-faults', ['--faults', '--links', '--seconds', '--drops', '--views', '--out', '--rate']],
  ['overload', ['--seconds', '--factor', '--batch', '--connections', '--json']],
  ['poison', ['--frames', '--seed', '--rounds', '--bad-every', '--json']],
  ['rank-plot', ['--every', '--ranks', '--formula', '--window', '--scope', '--title', '--out']],
  ['schemathesis', ['--examples', '--seed', '--json']],
  ['sink-faults', ['--faults', '--judge-every', '--seed', '--out', '--resume', '--json']],
];

describe.concurrent.each(commands)('npm run %s', (script, options) => {
  test('names a flag that there is not, says where help is, and shows nobody its stack', async () => {
    const { code, stdout, stderr } = await said(script, '--nonsense');
    expect(stderr).toContain("Unknown option '--nonsense'");
    expect(stderr).toContain(`See: npm run ${script} -- --help\n`);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('has the help that it names, with every option', async () => {
    const { code, stdout, stderr } = await said(script, '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`npm run ${script}`);
    for (const option of [...options, '--help']) expect(stdout).toContain(option);
  });
});
