/** The layer rules of ARCHITECTURE.md, one rule a sentence. */
const src = '^(apps|packages|tools)/([^/]+)/src/';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'apps-do-not-know-each-other',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'packages-do-not-know-apps',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^apps/' },
    },
    {
      name: 'schemas-know-nothing-of-ours',
      severity: 'error',
      from: { path: '^schemas/src' },
      to: { path: '^(apps|packages|tools|clickhouse)/' },
    },
    {
      name: 'nobody-imports-tools-bench-eval',
      severity: 'error',
      from: { pathNot: '^(tools|bench|eval|test)/' },
      to: { path: '^(tools|bench|eval)/' },
    },
    {
      name: 'nobody-imports-sim',
      severity: 'error',
      from: { pathNot: '^sim/' },
      to: { path: '^sim/' },
    },
    {
      name: 'tools-do-not-know-each-other',
      severity: 'error',
      from: { path: '^tools/([^/]+)/' },
      to: { path: '^tools/', pathNot: '^tools/$1/' },
    },
    {
      name: 'tools-do-not-know-apps',
      severity: 'error',
      from: { path: '^tools/' },
      to: { path: '^apps/' },
    },
    {
      name: 'runtime-knows-no-kafka',
      severity: 'error',
      from: { path: '^packages/runtime/src' },
      to: { path: '(^packages/(kafka|client)/|node_modules/kafkajs)' },
    },
    {
      name: 'client-knows-only-schemas',
      severity: 'error',
      from: { path: '^packages/client/src' },
      to: { path: '^(packages/(kafka|runtime)|apps)/' },
    },
    {
      name: 'the-core-is-pure',
      severity: 'error',
      from: { path: '^(apps|packages)/[^/]+/src/(domain|state)/' },
      to: { path: '.', pathNot: ['/src/(domain|state)/', '^schemas/src/'] },
    },
    {
      name: 'only-main-sees-both-sides',
      severity: 'error',
      from: { path: `${src}(topology\\.ts|tasks/)` },
      to: { path: '/src/adapters/' },
    },
    {
      name: 'src-never-imports-test',
      severity: 'error',
      from: { path: '/src/' },
      to: { path: '/test/' },
    },
    door('kafkajs', 'node_modules/(kafkajs|@kafkajs)/', '^(packages/kafka|bench)/'),
    door('avsc', 'node_modules/avsc/', '^(packages/kafka|schemas|bench)/'),
    door(
      'clickhouse-client',
      'node_modules/@clickhouse/',
      '^(clickhouse/|bench/|apps/stream-processor/src/adapters/clickhouse-|apps/push-gateway/src/adapters/clickhouse-)|/test/|^test/',
    ),
    door('chdb', 'node_modules/chdb/', '^tools/local-stack/src/clickhouse-lite/'),
    door(
      'socket-io',
      'node_modules/socket\\.io/',
      '^(apps/push-gateway/src/adapters/socket-io|bench/)|/test/',
    ),
    door(
      'socket-io-client',
      'node_modules/socket\\.io-client/',
      '^(packages/client|bench)/|/test/|^test/',
    ),
    door(
      'fastify',
      'node_modules/fastify/',
      '^packages/runtime/|^apps/[^/]+/src/(app\\.ts|routes/|adapters/(web-socket|sse|socket-io))|^bench/|/test/',
    ),
    door('lit', 'node_modules/lit/', '^(packages/client|apps/push-gateway/src/page)/'),
    door('react', 'node_modules/react(-dom)?/', '^packages/client/src/react/|/test/|^examples/'),
    door('uplot', 'node_modules/uplot/', '^apps/push-gateway/(src/page|build-page)'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(/dist/|\\.d\\.mts$|test/layers/fixtures|\\.cache|\\.data|artifacts)' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};

/** One door for a third-party client: only `allowed` may import it. */
function door(name, module, allowed) {
  const ours = '^(apps|packages|tools|schemas|clickhouse|bench|eval|sim|test)/';
  return {
    name: `one-door-for-${name}`,
    severity: 'error',
    from: { path: ours, pathNot: allowed },
    to: { path: module },
  };
}
