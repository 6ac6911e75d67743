export * from './board-delta.ts';
export * from './board-version.ts';
export * from './board-view.ts';
export * from './channel.ts';
export * from './outgoing-frame.ts';
