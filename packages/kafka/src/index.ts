export { beatingWhile } from './beating-while.ts';
export {
  type KafkaConnection,
  type KafkaVariables,
  kafkaConnectionOf,
  kafkaVariables,
} from './connection.ts';
export * from './dead-letter.ts';
export { createKafkaLog, type KafkaLogSettings } from './kafka-log.ts';
export * from './log-port.ts';
export * from './murmur2.ts';
export type { LaneSettings } from './producer-lane.ts';
export * from './progress-watchdog.ts';
export * from './record.ts';
export { createRegistry, type Registry, type SerdeOptions } from './registry.ts';
export { createReplicaAdmin, type ReplicaAdmin } from './replica-admin.ts';
export * from './schemas-admin.ts';
export * from './serde.ts';
export * from './topic-specs.ts';
