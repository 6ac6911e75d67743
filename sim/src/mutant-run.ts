import { registerHooks } from 'node:module';
import { argv, exit } from 'node:process';
import { mutants, rewritten } from './mutant-list.ts';
import { patchTexts } from './texts.ts';

/** One mutant, in a process of its own: seed after seed until one catches it. Prints what happened as JSON. */
const [name = '', seedsMax = '300'] = argv.slice(2);
const mutant = mutants.find((one) => one.name === name);
if (mutant === undefined) throw new Error(`there is no mutant '${name}'`);
let isApplied = false;
const patch = (path: string, text: string) => {
  if (!path.endsWith(mutant.file)) return text;
  isApplied = true;
  return rewritten(mutant, text);
};
patchTexts(patch);
registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!url.endsWith(mutant.file)) return loaded;
    return { ...loaded, source: patch(url, Buffer.from(loaded.source as Uint8Array).toString()) };
  },
});
const { runSeed } = await import('./run.ts');
let caught: { seed: number; error: string } | undefined;
for (let seed = 1; seed <= Number(seedsMax) && caught === undefined; seed += 1) {
  const { error } = await runSeed(seed);
  if (error !== undefined) caught = { seed, error: `${error.name}: ${error.message}` };
}
if (!isApplied) throw new Error(`${mutant.file} was never loaded`);
console.log(JSON.stringify(caught ?? null));
exit(0);
