import type { Toxic } from './toxiproxy.ts';

export const faultNames = [
  'latency',
  'bandwidth',
  'timeout',
  'reset',
  'sliced',
  'lost-responses',
] as const;
export type FaultName = (typeof faultNames)[number];

const bothWays = (type: string, attributes: Readonly<Record<string, number>>): Toxic[] => [
  { type, stream: 'upstream', attributes },
  { type, stream: 'downstream', attributes },
];

/** The disturbances; units are toxiproxy's: ms, kB/s, bytes, and microseconds for the slicer's delay. */
export const faults: Readonly<Record<FaultName, readonly Toxic[]>> = {
  latency: bothWays('latency', { latency: 500, jitter: 100 }),
  bandwidth: bothWays('bandwidth', { rate: 10 }),
  timeout: bothWays('timeout', { timeout: 3_000 }),
  reset: [{ type: 'reset_peer', stream: 'downstream', attributes: { timeout: 500 } }],
  sliced: bothWays('slicer', { average_size: 64, size_variation: 32, delay: 200 }),
  // Requests pass; what comes back is held back, and the connection closed half a second later.
  'lost-responses': [{ type: 'timeout', stream: 'downstream', attributes: { timeout: 500 } }],
};
