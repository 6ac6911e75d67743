/** One service as the ops page shows it. */
export interface ServiceStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly detail: string;
}

/** The conservation law of one partition; null = nobody tells. */
export interface PartitionRow {
  readonly partition: number;
  readonly logEnd: number | null;
  readonly position: number | null;
  readonly lag: number | null;
  readonly accepted: number | null;
  readonly fates: Readonly<Record<string, number>> | null;
  readonly residual: number | null;
  /** Records of the log that were not accepted, or below 0, more than once. */
  readonly unaccepted: number | null;
}

/** Answer of /ops/status.json. */
export interface OpsStatus {
  /** ms */
  readonly asOf: number;
  readonly services: readonly ServiceStatus[];
  readonly partitions: readonly PartitionRow[];
}
