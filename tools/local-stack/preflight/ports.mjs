/** The port of every service at offset 0; `--port-offset` is added to each. */
export const basePorts = Object.freeze({
  producer: 3000,
  processor: 3001,
  gateway: 3002,
  demo: 3003,
  kafka: 9092,
  controller: 9093,
  registry: 8081,
  clickhouse: 8123,
});

/** The largest offset that keeps every port inside 16 bits. */
export const portOffsetMax = 65_535 - Math.max(...Object.values(basePorts));

/** Ports of a stack started with this offset. */
export function portsAt(offset) {
  return Object.fromEntries(Object.entries(basePorts).map(([name, port]) => [name, port + offset]));
}

/** The processor's roles as processes of their own, in the order of their ports. */
export const roleNames = Object.freeze([
  'aggregate-1',
  'aggregate-2',
  'rank-1',
  'rank-2',
  'sink',
  'journey',
]);

/** Health and metrics of each role when they are split; the first one has the port of the undivided processor. */
export function rolePorts(ports) {
  return Object.fromEntries(
    roleNames.map((name, index) => [name, index === 0 ? ports.processor : ports.demo + index]),
  );
}

/** A second gateway, as behind a load balancer, stands beside split roles: its port follows theirs. */
export function secondGatewayPort(ports) {
  return ports.demo + roleNames.length;
}

/** Ports of the broker with this index; the first one has those of a single broker. */
export function brokerPorts(ports, index) {
  return { kafka: ports.kafka + index * 10, controller: ports.controller + index * 10 };
}

/** Where a fault proxy listens for the apps, and the listener behind it that advertises it. */
export function proxyPorts(ports) {
  return {
    kafka: ports.kafka + 2,
    kafkaBehind: ports.kafka + 3,
    registry: ports.registry + 1,
    clickhouse: ports.clickhouse + 1,
  };
}

/** Ports that these flags need besides those of every stack. */
export function extraPorts(flags, ports) {
  const { 'aggregate-1': _, ...roles } = rolePorts(ports);
  const further = [1, 2].flatMap((index) =>
    Object.entries(brokerPorts(ports, index)).map(([name, port]) => [`${name} ${index + 1}`, port]),
  );
  return {
    ...(flags.splitRoles ? { ...roles, 'push-gateway-2': secondGatewayPort(ports) } : {}),
    ...(flags.brokers > 1 ? Object.fromEntries(further) : {}),
    ...(flags.proxied ? { 'kafka behind the proxy': proxyPorts(ports).kafkaBehind } : {}),
  };
}
