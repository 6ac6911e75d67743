import { parseArgs } from 'node:util';
import { portOffsetMax } from './ports.mjs';

export const usage = `Usage: npm start -- [flags]
  --port-offset N   add N to every port, to run a second copy beside the first
  --data-dir DIR    keep data there (default: in a scratch folder, removed at the end)
  --no-demo         no demo traffic
  --no-apps         broker, registry and ClickHouse engine only, provisioned
  --split-roles     aggregate twice, rank twice, sink and journey as processes of their own, and a second gateway
  --brokers N       1 or 3 brokers; with 3 every topic has three replicas, two of them in sync before an append is confirmed
  --proxied         apps reach broker, registry and ClickHouse through ports of a fault proxy (npm run network-faults)
  --keep-restarting start a service again after every crash, however often
  --json            print the running stack as JSON instead of the framed block
  --doctor          check this machine and exit (npm run doctor)
  --help            this text
STACK=local or STACK=docker in the environment picks the stack; unset, Java and Maven are preferred, else Docker.
TRENDING_CACHE overrides the folder that keeps fetched software (default: .cache in the checkout).`;

const options = {
  'port-offset': { type: 'string' },
  'data-dir': { type: 'string' },
  'no-demo': { type: 'boolean' },
  'no-apps': { type: 'boolean' },
  'split-roles': { type: 'boolean' },
  brokers: { type: 'string' },
  proxied: { type: 'boolean' },
  'keep-restarting': { type: 'boolean' },
  json: { type: 'boolean' },
  env: { type: 'boolean' },
  doctor: { type: 'boolean' },
  stop: { type: 'boolean' },
  help: { type: 'boolean' },
};

/** Reads the command line; a wrong flag gives `{ error }` with what to do, never a throw. */
export function parseFlags(argv) {
  let values;
  try {
    values = parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    return { error: `${error.message}\n\n${usage}` };
  }
  const offset = values['port-offset'];
  if (offset !== undefined && !isOffset(offset)) {
    return {
      error: `--port-offset must be a whole number from 0 to ${portOffsetMax}, not "${offset}"`,
    };
  }
  if (!['1', '3', undefined].includes(values.brokers)) return { error: '--brokers must be 1 or 3' };
  if (values['data-dir'] === '') return { error: '--data-dir needs a folder' };
  return { flags: flagsOf(values) };
}

function isOffset(text) {
  return /^\d{1,5}$/.test(text) && Number(text) <= portOffsetMax;
}

function flagsOf(values) {
  const offset = values['port-offset'];
  const apps = !values['no-apps'];
  return {
    portOffset: offset === undefined ? undefined : Number(offset),
    dataDir: values['data-dir'],
    apps,
    demo: apps && !values['no-demo'],
    splitRoles: values['split-roles'] ?? false,
    brokers: Number(values.brokers ?? 1),
    proxied: values.proxied ?? false,
    keepRestarting: values['keep-restarting'] ?? false,
    json: values.json ?? false,
    env: values.env ?? false,
    doctor: values.doctor ?? false,
    stop: values.stop ?? false,
    help: values.help ?? false,
  };
}
