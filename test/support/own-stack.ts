import {
  busyPorts,
  extraPorts,
  parseFlags,
  portsAt,
} from '../../tools/local-stack/preflight/index.mjs';

/** All ports of these stay below 32,768, where the system begins to take ports for outgoing connections of its own. */
const offsetFirst = 21_500;
const offsetStep = 20;
const offsetEnd = offsetFirst + 2_000;

/** An offset at which a stack with these flags finds all its ports free. */
export async function freeOffset(args: readonly string[]): Promise<number> {
  const { flags } = parseFlags(args);
  if (flags === undefined) throw new Error(`no flags of a stack: ${args.join(' ')}`);
  for (let offset = offsetFirst; offset < offsetEnd; offset += offsetStep) {
    const ports = portsAt(offset);
    if ((await busyPorts({ ...ports, ...extraPorts(flags, ports) })).length === 0) return offset;
  }
  throw new Error('no free ports');
}
