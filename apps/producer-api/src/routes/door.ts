import { problemOf } from '@trending/runtime';
import type { FastifyInstance } from 'fastify';
import type { Admission } from '../domain/admission.ts';
import { retryAfterSeconds } from './problems.ts';

/** Made once: turning a request away must cost next to nothing, or it would not help. */
const body = JSON.stringify(
  problemOf(503, 'unavailable', 'The service is busy; send it again after Retry-After.'),
);

/** Turns requests away before anything else is done for them. Register it before every other hook. */
export function guardDoor(
  app: FastifyInstance,
  admission: Admission,
  turnedAway: () => void,
): void {
  app.addHook('onRequest', (_request, reply, done) => {
    if (admission.admits()) return done();
    turnedAway();
    reply
      .code(503)
      .header('retry-after', retryAfterSeconds)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .send(body);
  });
}
