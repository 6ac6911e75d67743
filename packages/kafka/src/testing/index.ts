export { codecOf } from '../avro-codec.ts';
export * from './in-memory-log.ts';
export * from './in-memory-serde.ts';
