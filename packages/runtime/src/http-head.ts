import type { FastifyInstance, onSendAsyncHookHandler, RouteOptions } from 'fastify';

/**
 * Fastify's own HEAD routes say `content-length: 0` of every answer without a payload. Of 304 that is the length of the 200 it stands
 * for, and 204 has none (RFC 9110, section 8.6), so there it is taken out again. Before the first route.
 */
export function mendHeadLengths(app: FastifyInstance): void {
  app.addHook('onRoute', (route: RouteOptions) => {
    if (route.method === 'HEAD') route.onSend = [...handlersOf(route), withoutLength];
  });
}

function handlersOf({ onSend }: RouteOptions): onSendAsyncHookHandler[] {
  return onSend === undefined ? [] : ([onSend].flat() as onSendAsyncHookHandler[]);
}

const withoutLength: onSendAsyncHookHandler = async (_request, reply, payload) => {
  if (reply.statusCode === 304 || reply.statusCode === 204) reply.removeHeader('content-length');
  return payload;
};
