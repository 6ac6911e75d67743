// Folds views of many tokens into the counting state and prints bytes per active token; needs --expose-gc.
import { createHash } from 'node:crypto';
import { tokenHashOf, windowLevels } from '@trending/stream-processor/domain';
import { ViewCountStore } from '@trending/stream-processor/state';

const [tokens = '10000', viewsPerToken = '20'] = process.argv.slice(2);
const count = Number(tokens);
const hour = 3_600_000;
const now = Math.floor(Date.now() / hour) * hour;
const names = Array.from(
  { length: count },
  (_, n) => `eth:0x${createHash('sha1').update(`token ${n}`).digest('hex')}`,
);

/** Memory of arrays that are gone is given back by another thread, after a collection. */
async function used(): Promise<number> {
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, 200));
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

let seed = 7;
function random(): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 4_294_967_296;
}

const before = await used();
const store = new ViewCountStore(now - 24 * hour, { categoriesOf: () => [] });
const views = count * Number(viewsPerToken);
const viewer = new Uint8Array(8);
const network = new Uint8Array(8);
const [viewerWords, networkWords] = [new DataView(viewer.buffer), new DataView(network.buffer)];
/** Everybody is found to have been at another token before: as many facts as there can be. */
const none = new Uint8Array(0);
function view(index: number, at: number): void {
  const person = Math.floor(random() * 300_000);
  viewerWords.setUint32(0, Math.imul(person, 2_654_435_761) >>> 0);
  viewerWords.setUint32(4, person);
  networkWords.setUint32(0, Math.imul(person % 200_000, 40_503) >>> 0);
  networkWords.setUint32(4, person % 200_000);
  const token = names[index] ?? '';
  store.add({ token, viewer, network, viewedAt: at, weightMicro: 1_000_000 });
  const tokenHash = tokenHashOf(token);
  store.applyJourneys({ tokenHash, day: Math.floor(at / (24 * hour)), came: viewer, went: none });
}

/** Zipf-like: most views go to few tokens. */
const zipf = () => Math.min(count - 1, Math.floor(count ** random()));
const start = performance.now();
for (let i = 0; i < views; i += 1) {
  const at = now - 24 * hour + Math.floor((i / views) * 24 * hour);
  // Every token once, then as they come.
  view(i < count ? i : zipf(), at);
  if (i % 1_000 === 0) store.advance(at);
}
store.advance(now);
const foldMicros = (1_000 * (performance.now() - start)) / views;
const bytes = ((await used()) - before) / store.sizes().tokens;
function readMs(): number {
  const began = performance.now();
  for (const level of windowLevels) store.candidates(level);
  return performance.now() - began;
}
const firstMs = readMs();
const keptBytes = (await used()) - before - bytes * store.sizes().tokens;
const emissions = 20;
let at = now;
/** What an emission takes, ms: one a second, `viewsBetween` views after the one before. */
function emissionMs(viewsBetween: number): number {
  let spentMs = 0;
  for (let i = 0; i < emissions; i += 1) {
    for (let j = 0; j < viewsBetween; j += 1) view(zipf(), at + j);
    at += 1_000;
    store.advance(at);
    spentMs += readMs();
  }
  return spentMs / emissions;
}
const emitMs = emissionMs(1_000);
const quietMs = emissionMs(0);
console.log(`RESULT ${JSON.stringify({ bytes, foldMicros, firstMs, keptBytes, emitMs, quietMs })}`);
