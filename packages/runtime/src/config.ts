import { envSchema } from 'env-schema';
import type { Static, TObject } from 'typebox';
import { AppError } from './errors.ts';

/** Names that are never printed or logged. */
const secretName = /KEY|SECRET|PASSWORD|TOKEN_SALT/;

export interface ConfigSource {
  /** Usually `process.env`, read by the app's config.ts only. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads one app's environment against its schema, once. Defaults apply, strings are converted.
 * @throws AppError CONFIG_INVALID naming every wrong variable at once.
 */
export function readConfig<T extends TObject>(
  schema: T,
  source: ConfigSource,
): Readonly<Static<T>> {
  try {
    const data: Record<string, unknown> = { ...source.env };
    return Object.freeze(envSchema<Static<T>>({ schema, data, dotenv: false, env: false }));
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new AppError({
      code: 'CONFIG_INVALID',
      message: `Environment is not valid: ${detail}. See the configuration table in README.md.`,
      cause,
    });
  }
}

/** The configuration as text, secrets replaced, one NAME=value a line, sorted. */
export function printConfig(config: Readonly<Record<string, unknown>>): string {
  return Object.entries(config)
    .map(([name, value]) => `${name}=${secretName.test(name) ? '[redacted]' : String(value)}`)
    .sort()
    .join('\n');
}

/** Fastify's form of TRUST_PROXY. */
export function trustProxyOf(value: string): false | number | string {
  if (value === '') return false;
  return /^[0-9]+$/.test(value) ? Number(value) : value;
}
