import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printConfig, readConfig } from '@trending/runtime';
import { Type } from 'typebox';
import { describe, expect, onTestFinished, test } from 'vitest';
import { kafkaConfigOf } from '../src/client.ts';
import { type KafkaVariables, kafkaConnectionOf, kafkaVariables } from '../src/connection.ts';
import { quietLogger } from './support/quiet-logger.ts';

const schema = Type.Object(kafkaVariables);
const login = {
  KAFKA_SASL_MECHANISM: 'scram-sha-512',
  KAFKA_SASL_USERNAME: 'trending',
  KAFKA_SASL_PASSWORD: 'hush',
};
const read = (env: Record<string, string>): KafkaVariables => readConfig(schema, { env });
const connectionOf = (env: Record<string, string>) => kafkaConnectionOf(read(env));

describe('the connection to the brokers', () => {
  /** What kafkajs gets. */
  const passedOn = (env: Record<string, string>) =>
    kafkaConfigOf({ ...connectionOf(env), clientId: 'test', logger: quietLogger });

  test('is without TLS and login unless told', () => {
    const config = passedOn({ KAFKA_BROKERS: 'a:1, b:2' });
    expect(config).toMatchObject({ brokers: ['a:1', 'b:2'], clientId: 'test' });
    expect(config).not.toHaveProperty('ssl');
    expect(config).not.toHaveProperty('sasl');
  });

  test.each(['plain', 'scram-sha-256', 'scram-sha-512'])(
    'logs in with %s over TLS',
    (mechanism) => {
      expect(
        passedOn({ ...login, KAFKA_SSL: 'true', KAFKA_SASL_MECHANISM: mechanism }),
      ).toMatchObject({
        ssl: true,
        sasl: { mechanism, username: 'trending', password: 'hush' },
      });
    },
  );

  test('trusts the authorities in a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kafka-ca-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'ca.pem'), 'certificates');
    expect(passedOn({ KAFKA_SSL: 'true', KAFKA_SSL_CA: join(folder, 'ca.pem') })).toMatchObject({
      ssl: { ca: 'certificates' },
    });
  });

  test.each([
    [{ KAFKA_SSL_CA: '/ca.pem' }, ['KAFKA_SSL is not true']],
    [{ KAFKA_SSL: 'true', KAFKA_SSL_CA: '/nowhere/ca.pem' }, ['KAFKA_SSL_CA: /nowhere/ca.pem']],
    [{ KAFKA_SASL_MECHANISM: 'plain' }, ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD']],
    [{ KAFKA_SASL_PASSWORD: 'hush' }, ['KAFKA_SASL_PASSWORD is given']],
    [{ ...login, KAFKA_SSL_CA: '/ca.pem', KAFKA_SASL_USERNAME: '' }, ['KAFKA_SSL_', 'USERNAME']],
    [{ KAFKA_SASL_MECHANISM: 'kerberos' }, ['KAFKA_SASL_MECHANISM']],
    [{ KAFKA_SSL: 'perhaps' }, ['KAFKA_SSL']],
  ])('%j is refused by name, without the password', (env, names) => {
    let problem: unknown;
    try {
      connectionOf(env as Record<string, string>);
    } catch (error) {
      problem = error;
    }
    expect(problem).toMatchObject({ code: 'CONFIG_INVALID' });
    for (const name of names) expect(String(problem)).toContain(name);
    expect(String(problem)).not.toContain('hush');
  });

  test('is printed without the password', () => {
    expect(printConfig(read(login))).not.toContain('hush');
  });
});
