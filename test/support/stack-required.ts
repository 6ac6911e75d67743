import { beforeEach, inject } from 'vitest';

/** Without Java, Maven or Docker the tests of the real stack are skipped, and say why. */
beforeEach((context) => {
  const missing = inject('stackMissing');
  if (missing !== '') context.skip(missing);
});
