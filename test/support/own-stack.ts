import {
  busyPorts,
  extraPorts,
  parseFlags,
  portsAt,
} from '../../tools/local-stack/preflight/index.mjs';

const offsetFirst = 26_000;
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
