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
