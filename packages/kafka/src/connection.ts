import { readFileSync } from 'node:fs';
import { AppError } from '@trending/runtime/errors';
import { listOf } from '@trending/runtime/list';
import type { KafkaConfig, SASLOptions } from 'kafkajs';
import { type Static, Type } from 'typebox';

const saslMechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

/** Variables of every process that talks to the brokers: part of its configuration schema. */
export const kafkaVariables = {
  KAFKA_BROKERS: Type.String({
    default: '127.0.0.1:9092',
    minLength: 1,
    description: 'host:port of brokers, separated by commas',
  }),
  KAFKA_SSL: Type.Boolean({ default: false, description: 'TLS to the brokers' }),
  KAFKA_SSL_CA: Type.String({
    default: '',
    description:
      "PEM file of the authorities that sign the brokers' certificates; empty = those Node trusts",
  }),
  KAFKA_SASL_MECHANISM: Type.String({
    default: '',
    pattern: `^$|^(${saslMechanisms.join('|')})$`,
    description: `How to log in to the brokers: ${saslMechanisms.join(', ')}; empty = not at all`,
  }),
  KAFKA_SASL_USERNAME: Type.String({ default: '', description: 'User at the brokers' }),
  KAFKA_SASL_PASSWORD: Type.String({ default: '', description: 'Password of that user' }),
};

const kafkaSchema = Type.Object(kafkaVariables);
export type KafkaVariables = Readonly<Static<typeof kafkaSchema>>;

/** Where the brokers are, and how to talk to them. Holds a password: never logged. */
export interface KafkaConnection {
  /** host:port of the bootstrap brokers. */
  readonly brokers: readonly string[];
  readonly ssl?: KafkaConfig['ssl'];
  readonly sasl?: SASLOptions;
}

/** @throws AppError CONFIG_INVALID naming every variable that is missing beside others, or whose file cannot be read. */
export function kafkaConnectionOf(variables: KafkaVariables): KafkaConnection {
  const problems = problemsOf(variables);
  if (problems.length > 0) {
    const message = `Environment is not valid: ${problems.join('; ')}. See the configuration table in README.md.`;
    throw new AppError({ code: 'CONFIG_INVALID', message });
  }
  const mechanism = saslMechanisms.find((name) => name === variables.KAFKA_SASL_MECHANISM);
  const { KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = variables;
  return {
    brokers: listOf(variables.KAFKA_BROKERS),
    ...(variables.KAFKA_SSL ? { ssl: sslOf(variables.KAFKA_SSL_CA) } : {}),
    ...(mechanism === undefined ? {} : { sasl: { mechanism, username, password } }),
  };
}

function problemsOf(variables: KafkaVariables): string[] {
  const isLogin = variables.KAFKA_SASL_MECHANISM !== '';
  const credentials = ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'] as const;
  return [
    ...(variables.KAFKA_SSL_CA !== '' && !variables.KAFKA_SSL
      ? ['KAFKA_SSL_CA is given, KAFKA_SSL is not true']
      : []),
    ...credentials
      .filter((name) => (variables[name] !== '') !== isLogin)
      .map((name) =>
        isLogin
          ? `KAFKA_SASL_MECHANISM is given, ${name} is not`
          : `${name} is given, KAFKA_SASL_MECHANISM is not`,
      ),
  ];
}

function sslOf(caFile: string): KafkaConnection['ssl'] {
  if (caFile === '') return true;
  try {
    return { ca: readFileSync(caFile, 'utf8') };
  } catch (cause) {
    const message = `KAFKA_SSL_CA: ${caFile} cannot be read.`;
    throw new AppError({ code: 'CONFIG_INVALID', message, cause });
  }
}
