const host = '127.0.0.1';

export const linkNames = ['kafka', 'registry', 'clickhouse'] as const;
export type LinkName = (typeof linkNames)[number];

export interface Link {
  readonly listen: string;
  readonly upstream: string;
}

/** Where the fault proxy stands on a stack started with `--proxied`: between the apps and each service. */
export function linksAt(offset: number): Readonly<Record<LinkName, Link>> & {
  /** Port of the response dropper, the first station of the apps' way to Kafka. */
  readonly dropper: number;
  readonly control: number;
} {
  const at = (port: number) => `${host}:${port + offset}`;
  return {
    kafka: { listen: at(9096), upstream: at(9095) },
    registry: { listen: at(8082), upstream: at(8081) },
    clickhouse: { listen: at(8124), upstream: at(8123) },
    dropper: 9094 + offset,
    control: 8474 + offset,
  };
}
