import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';
import type { Catch } from './mutant.ts';
import type { Patch } from './texts.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs one test file with the change. @throws Error when it cannot even be loaded, which would prove nothing */
export async function testMutant(patch: Patch, file: string): Promise<Catch | undefined> {
  const vitest = await startVitest(
    'test',
    [file],
    {
      root,
      config: false,
      watch: false,
      reporters: [{}],
      include: [file],
      pool: 'threads',
      fsModuleCache: false,
    },
    { plugins: [{ name: 'mutant', enforce: 'pre', transform: (text, id) => patch(id, text) }] },
  );
  const [tested] = vitest.state.getTestModules();
  const errors = [...(tested?.errors() ?? []), ...vitest.state.getUnhandledErrors()];
  if (tested === undefined || errors.length > 0)
    throw new Error(`${file} does not run: ${JSON.stringify(errors)}`);
  const failed = [...tested.children.allTests('failed')];
  const [first] = failed;
  await vitest.close();
  if (first === undefined) return undefined;
  const error = first.result().errors?.[0]?.message.split('\n')[0] ?? '';
  return { by: file, error: `${failed.length} red, first: ${first.fullName}: ${error}` };
}
