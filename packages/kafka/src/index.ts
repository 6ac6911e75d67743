export * from './log-port.ts';
export * from './record.ts';
export * from './serde.ts';
