import { argv, exit } from 'node:process';
import { type Mutant, patchOf } from './mutant.ts';
import { mutants } from './mutant-list.ts';

/** One mutant, in a process of its own. Prints who caught it, or null, as JSON in the last line. */
const [name = '', seedsMax = '1500'] = argv.slice(2);

async function judge(mutant: Mutant) {
  const applied = patchOf(mutant);
  const { testMutant } = await import('./mutant-test.ts');
  const { simulateMutant } = await import('./mutant-simulation.ts');
  const found =
    mutant.caughtBy === undefined
      ? await simulateMutant(applied.patch, Number(seedsMax))
      : await testMutant(applied.patch, mutant.caughtBy);
  if (!applied.wasApplied()) throw new Error(`${mutant.file} was never loaded`);
  return found;
}

const mutant = mutants.find((one) => one.name === name);
if (mutant === undefined) throw new Error(`there is no mutant '${name}'`);
console.log(`\n${JSON.stringify((await judge(mutant)) ?? null)}`);
exit(0);
