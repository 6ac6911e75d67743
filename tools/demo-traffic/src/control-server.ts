import {
  createHttpApp,
  httpPart,
  type Logger,
  type Part,
  ProblemError,
  problemOf,
} from '@trending/runtime';
import Type from 'typebox';
import type { Traffic } from './domain/traffic.ts';
import type { DemoToken } from './tokens.ts';

export interface ControlDeps {
  readonly traffic: Traffic;
  readonly tokens: readonly DemoToken[];
  readonly isLive: () => boolean;
  readonly now: () => number;
  readonly logger: Logger;
  readonly listen: { readonly host: string; readonly port: number };
}

const spikeBody = Type.Object(
  {
    token: Type.Optional(
      Type.String({
        maxLength: 256,
        description: 'chain:address as listed by GET /tokens; a quiet one when absent',
      }),
    ),
  },
  { additionalProperties: false },
);

/** The demo's own small API: POST /spike makes one token surge, GET /tokens lists them. */
export async function controlServer(deps: ControlDeps): Promise<Part> {
  const { tokens, logger } = deps;
  const app = await createHttpApp({
    logger,
    title: 'Demo traffic',
    description: 'Controls of the made-up visitors',
    version: '1',
    bodyLimitBytes: 1024,
    allowedOrigins: ['*'],
    trustProxy: false,
  });
  app.get('/livez', () => 'ok');
  app.get('/readyz', (_request, reply) =>
    reply.code(deps.isLive() ? 200 : 503).send(deps.isLive() ? 'ok' : 'publishing history'),
  );
  app.get('/tokens', () => tokens);
  app.post<{ Body: { token?: string } | null }>(
    '/spike',
    { schema: { body: Type.Union([spikeBody, Type.Null()]) } },
    (request) => {
      const wanted = request.body?.token;
      const index =
        wanted === undefined
          ? undefined
          : tokens.findIndex(({ chain, address }) => `${chain}:${address}` === wanted);
      if (index === -1)
        throw new ProblemError(
          problemOf(
            404,
            'not-found',
            `${wanted} is not one of the demo's tokens; GET /tokens lists them`,
          ),
        );
      const spiked = tokens[deps.traffic.spike(deps.now(), index)];
      return {
        token: `${spiked?.chain}:${spiked?.address}`,
        symbol: spiked?.symbol,
        name: spiked?.name,
      };
    },
  );
  return httpPart('control', app, deps.listen);
}
