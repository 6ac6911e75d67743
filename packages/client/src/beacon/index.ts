export { reportView } from './beacon.ts';
export type { BeaconOptions, RefusedView } from './options.ts';
