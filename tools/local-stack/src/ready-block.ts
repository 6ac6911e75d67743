import type { RunningStack } from './run-file.ts';
import { isAggregate } from './services/urls.ts';

const demoToken = '0x6982508145454ce325ddbe47a25d4ec3d2311933';

const historyQuery =
  'SELECT+token,count()+FROM+trending.token_views+GROUP+BY+1+ORDER+BY+2+DESC+LIMIT+5';

/** A ✓ line of one service. */
export function tickLine(tick: { label: string; elapsedMs: number; note: string }): string {
  const seconds = `${(tick.elapsedMs / 1000).toFixed(1)}s`;
  return `  ✓ ${tick.label.padEnd(26)}${seconds.padStart(6)}   ${tick.note}`;
}

/** URLs and commands to paste, between two rules. */
export function readyBlock(stack: RunningStack, note: string): string {
  const rule = '─'.repeat(100);
  const lines = stack.apps ? appLines(stack) : [];
  return [rule, ` trending – ${note}`, ...lines, ...baseLines(stack), rule].join('\n');
}

function appLines(stack: RunningStack): string[] {
  const offset = stack.offset === 0 ? '' : ` --port-offset ${stack.offset}`;
  return [
    ` Live page   ${stack.gatewayUrl}/`,
    ` API docs    ${stack.producerUrl}/docs`,
    ` Publish     curl -X POST -H 'Authorization: Bearer ${stack.apiKey}' '${stack.producerUrl}/api/v1/tokens/${demoToken}/view?chain=eth'`,
    ` Read        curl '${stack.gatewayUrl}/api/v1/tokens/trending?window=5m&limit=10'`,
    ` Watch       curl -N '${stack.gatewayUrl}/api/v1/trending/stream?window=5m'`,
    ` Metrics     curl ${stack.producerUrl}/metrics  ${stack.processorUrl}/metrics  ${stack.gatewayUrl}/metrics`,
    ` Variables   eval "$(npm run -s status -- --env${offset})"     (TRENDING_API_KEY, PRODUCER_URL, …)`,
  ];
}

function baseLines(stack: RunningStack): string[] {
  return [
    ` History     curl '${stack.clickhouseUrl}/?query=${historyQuery}'`,
    ` Kafka       ${stack.kafka}      Registry  ${stack.registryUrl}`,
    ` Logs        ${stack.logFolder}`,
    ' Ctrl-C stops everything.',
  ];
}

/** `export NAME=value` lines for a shell's `eval`; the values need no quotes. */
export function envLines(stack: RunningStack): string {
  const values = {
    TRENDING_API_KEY: stack.apiKey,
    PRODUCER_URL: stack.producerUrl,
    PROCESSOR_URLS: aggregatesOf(stack).join(','),
    GATEWAY_URL: stack.gatewayUrl,
    DEMO_URL: stack.demo ? stack.demoUrl : '',
    KAFKA_BROKERS: stack.kafka,
    REGISTRY_URL: stack.registryUrl,
    CLICKHOUSE_URL: stack.clickhouseUrl,
  };
  return Object.entries(values)
    .map(([name, value]) => `export ${name}=${value}`)
    .join('\n');
}

function aggregatesOf({ services, processorUrl }: RunningStack): string[] {
  const urls = Object.entries(services).flatMap(([name, { url }]) =>
    isAggregate(name) ? [url] : [],
  );
  return urls.length > 0 ? urls : [processorUrl];
}
