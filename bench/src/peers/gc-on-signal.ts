/** Preloaded into a server under measurement (with --expose-gc): SIGWINCH collects its garbage, so that resident memory can be compared. */
process.on('SIGWINCH', () => {
  globalThis.gc?.();
});
