export * from './dead-letter.ts';
export * from './log-port.ts';
export * from './murmur2.ts';
export * from './record.ts';
export * from './serde.ts';
export * from './topic-specs.ts';
