import { parseArgs } from 'node:util';
import { countOf, runCommand } from '@trending/runtime/command-line';
import { checkConfig } from '../shared/config.ts';
import { installSchemathesis } from './install.ts';
import { testApi } from './run.ts';

const help = `Lets Schemathesis attack both HTTP APIs with what their live OpenAPI documents allow, and with what they forbid.

  eval "$(npm run -s status -- --env)"; npm run schemathesis

  No answer may be a server error, have a status, type, header or body that is not documented, take a method that is not, or come
  without a key where one is needed. Needs python3 with venv; Schemathesis is fetched once into .cache/.
  Exit code 1 when something is found, 3 when this machine cannot run it.

  --examples N   generated requests a call, beside those for every rule of its schema (default 25)
  --seed N       of the generated requests (default 1)
  --json         print JSON
  --help
`;

await runCommand('schemathesis', async () => {
  const { values } = parseArgs({
    options: {
      examples: { type: 'string', default: '25' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { text: help, ok: true };
  const examples = countOf('examples', values.examples, { min: 1, max: 10_000 });
  const seed = countOf('seed', values.seed, { min: 0, max: 2 ** 31 });
  const installed = await installSchemathesis();
  if (!installed.ok) {
    const text = values.json ? `${JSON.stringify(installed)}\n` : `skipped: ${installed.missing}\n`;
    return { text, ok: false, exitCode: 3 };
  }
  const { PRODUCER_URL, GATEWAY_URL, TRENDING_API_KEY } = checkConfig();
  const settings = { command: installed.command, examples, seed };
  const producer = { name: 'producer-api', url: PRODUCER_URL, apiKey: TRENDING_API_KEY };
  const gateway = { name: 'push-gateway', url: GATEWAY_URL, apiKey: '' };
  const stream = '/api/v1/trending/stream';
  const reports = [
    await testApi({ ...producer, excluded: [] }, settings),
    await testApi({ ...gateway, excluded: [stream] }, settings),
  ];
  const lines = reports.map(({ api, requests, failures, seconds, text }) =>
    failures.length === 0
      ? `${api}: ${requests} requests in ${seconds} s, nothing found\n`
      : `${text}\n${api}: ${requests} requests in ${seconds} s: ${failures.join(', ')}\n`,
  );
  const ok = reports.every(({ failures }) => failures.length === 0);
  return { text: values.json ? `${JSON.stringify({ ok, reports })}\n` : lines.join(''), ok };
});
