import { parseArgs } from 'node:util';
import { type Command, commands } from './provision.ts';

export const usage = `Prepares the services the apps need. Every command may run again at any time.

  node tools/provision/src/main.ts COMMAND [--json]

Commands
  topics      create the topics of the catalogue, settle their configuration
  schemas     register the Avro schemas, compatibility FULL_TRANSITIVE
  check       compare the schemas with what is registered; changes nothing
  clickhouse  apply the ClickHouse migrations
  all         topics, schemas, clickhouse

Options
  --json      one JSON array instead of a line each
  --help      this text

Environment
  KAFKA_BROKERS=127.0.0.1:9092   REGISTRY_URL=http://127.0.0.1:8081/apis/ccompat/v7
  KAFKA_SSL=false, KAFKA_SSL_CA=, KAFKA_SASL_MECHANISM=, KAFKA_SASL_USERNAME=, KAFKA_SASL_PASSWORD=
  TOPIC_PREFIX=                  VIEW_PARTITIONS=12
  CLICKHOUSE_URL=http://127.0.0.1:8123, CLICKHOUSE_USER=default, CLICKHOUSE_PASSWORD=, CLICKHOUSE_DATABASE=trending
`;

export type Invocation =
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly problem: string }
  | { readonly kind: 'run'; readonly commands: readonly Command[]; readonly json: boolean };

/** What the arguments ask for. */
export function invocationOf(args: readonly string[]): Invocation {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help) return { kind: 'help' };
    const [name, ...more] = positionals;
    if (name === undefined) return { kind: 'wrong', problem: 'No command given.' };
    if (more.length > 0)
      return { kind: 'wrong', problem: `One command at a time, not ${name} ${more.join(' ')}.` };
    const json = values.json ?? false;
    if (name === 'all') return { kind: 'run', commands: ['topics', 'schemas', 'clickhouse'], json };
    const command = commands.find((known) => known === name);
    if (command === undefined) return { kind: 'wrong', problem: `Unknown command ${name}.` };
    return { kind: 'run', commands: [command], json };
  } catch (error) {
    return { kind: 'wrong', problem: error instanceof Error ? error.message : String(error) };
  }
}
