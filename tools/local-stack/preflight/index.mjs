export { cacheLooksFilled, processIsAlive, stackAt } from './earlier-runs.mjs';
export { availableMbOf, gatherFacts, javaMajorOf } from './facts.mjs';
export { parseFlags, usage } from './flags.mjs';
export { busyPorts, listeningInodes, lsofOwner } from './port-owners.mjs';
export {
  basePorts,
  brokerPorts,
  extraPorts,
  portOffsetMax,
  portsAt,
  proxyPorts,
  roleNames,
  rolePorts,
  secondGatewayPort,
} from './ports.mjs';
export { alreadyRunsText, reportText } from './report.mjs';
export { chooseStack, hasFailed, verdictsOf } from './verdicts.mjs';
