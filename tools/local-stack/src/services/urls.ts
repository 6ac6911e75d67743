import { type Ports, roleNames, rolePorts } from '../../preflight/index.mjs';

export const host = '127.0.0.1';

/** Every address of a stack on these ports; the same with and without Docker. */
export function urlsOf(ports: Ports) {
  return {
    producerUrl: `http://${host}:${ports.producer}`,
    processorUrl: `http://${host}:${ports.processor}`,
    gatewayUrl: `http://${host}:${ports.gateway}`,
    demoUrl: `http://${host}:${ports.demo}`,
    kafka: `${host}:${ports.kafka}`,
    registryUrl: `http://${host}:${ports.registry}/apis/ccompat/v7`,
    clickhouseUrl: `http://${host}:${ports.clickhouse}`,
  } as const;
}

/** Every process of the aggregate role: the one processor, or each of them by itself. */
export function aggregateUrlsOf(ports: Ports, splitRoles: boolean): string[] {
  if (!splitRoles) return [urlsOf(ports).processorUrl];
  const portOf = rolePorts(ports);
  return roleNames.filter(isAggregate).map((name) => `http://${host}:${portOf[name]}`);
}

/** Is it a process of the aggregate role alone? */
export function isAggregate(service: string): boolean {
  return service.startsWith('aggregate-');
}
