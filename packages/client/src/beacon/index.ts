export { type BeaconOptions, reportView } from './beacon.ts';
