/**
 * Import directions between the rooms of src. A rule says what a room may import; all else is
 * refused. `npm run boundaries` checks it.
 */
const builtin = ['core'];
const npmTypes = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg'];
const typesOf = (name) => `^node_modules/(@types/)?${name}/`;

/** A room may import from src only what `allowed` matches. */
const room = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: '^src/', pathNot: allowed },
});

/** Only files that `owner` matches may import the npm packages. */
const confined = (name, packages, owner) => ({
  name,
  severity: 'error',
  from: { path: '^src/', pathNot: owner },
  to: { path: packages.map(typesOf) },
});

module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-undeclared-package',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'src-ships-no-dev-dependency',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm-peer'] },
    },
    {
      name: 'src-imports-src-only',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|deploy|config|schemas)/' },
    },

    // core
    {
      name: 'core-is-pure',
      comment: 'No npm package and no builtin in the core: no I/O, clock or hash of its own.',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { dependencyTypes: [...npmTypes, ...builtin] },
    },
    room('core-imports-core', '^src/core/', ['^src/core/']),
    room('core-model-imports-model', '^src/core/model/', ['^src/core/model/']),
    room('core-normalize-imports-model', '^src/core/normalize/', ['^src/core/(model|normalize)/']),
    room('core-desired-imports-model', '^src/core/desired/', ['^src/core/(model|desired)/']),
    {
      name: 'detect-step-imports-model-only',
      comment: 'A step of core/detect never imports another step; process-event.ts joins them.',
      severity: 'error',
      from: { path: '^src/core/detect/', pathNot: ['^src/core/detect/objects/'] },
      to: { path: '^src/', pathNot: ['^src/core/model/'] },
    },
    room('detect-objects-imports', '^src/core/detect/objects/', [
      '^src/core/model/',
      '^src/core/detect/objects/',
    ]),

    // the rooms around it
    room('codec-imports', '^src/codec/', ['^src/core/(model|normalize)/', '^src/codec/']),
    {
      name: 'codec-packages',
      severity: 'error',
      from: { path: '^src/codec/' },
      to: {
        dependencyTypes: npmTypes,
        pathNot: [typesOf('avsc'), typesOf('yaml'), typesOf('node')],
      },
    },
    room('questions-imports', '^src/questions/', ['^src/core/model/', '^src/questions/']),
    {
      name: 'questions-are-pure',
      comment: 'They build searches and read answers; an adapter sends them.',
      severity: 'error',
      from: { path: '^src/questions/' },
      to: { dependencyTypes: [...npmTypes, ...builtin], pathNot: ['^net$', typesOf('node')] },
    },
    room('telemetry-imports', '^src/telemetry/', ['^src/core/model/', '^src/telemetry/']),
    room('connection-imports', '^src/connection/', ['^src/connection/']),
    room('pipeline-imports', '^src/pipeline/', ['^src/(core|codec|telemetry|pipeline)/']),
    room('config-imports', '^src/config/', ['^src/core/model/', '^src/config/']),
    {
      name: 'adapter-imports',
      comment: 'Its own folder, model, ports, codec, telemetry; never another adapter.',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: {
        path: '^src/',
        pathNot: [
          '^src/adapters/$1/',
          '^src/core/model/',
          '^src/pipeline/ports(\\.ts$|/)',
          '^src/codec/',
          '^src/connection/',
          '^src/telemetry/',
        ],
      },
    },
    {
      name: 'adapter-has-a-folder',
      severity: 'error',
      from: { path: '^src/adapters/[^/]+$' },
      to: {},
    },
    {
      name: 'commands-from-main-only',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/main\\.ts$', '^src/commands/'] },
      to: { path: '^src/commands/' },
    },
    {
      name: 'no-command-imports-command',
      comment: 'What commands share lies in a folder of src/commands, such as output/.',
      severity: 'error',
      from: { path: '^src/commands/' },
      to: { path: '^src/commands/[^/]+\\.ts$' },
    },
    {
      name: 'compose-from-commands-only',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/main\\.ts$', '^src/commands/'] },
      to: { path: '^src/compose\\.ts$' },
    },
    {
      name: 'main-is-the-end',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/main\\.ts$' },
    },

    // npm clients
    confined(
      'kafka-client-confined',
      ['kafkajs', 'kafkajs-snappy', 'lz4-napi', 'lz4-napi-.*'],
      '^src/adapters/kafka/',
    ),
    confined(
      'opensearch-client-confined',
      ['@opensearch-project/opensearch'],
      '^src/adapters/opensearch/',
    ),
    confined(
      'cloud-sdks-confined',
      ['@aws-sdk/.*', '@azure/.*', '@google-cloud/.*', 'aws-msk-iam-sasl-signer-js'],
      [
        '^src/adapters/state-sources/',
        '^src/adapters/opensearch/aws-signer\\.ts$',
        '^src/adapters/kafka/aws-msk-token\\.ts$',
      ],
    ),
    confined('lmdb-confined', ['lmdb'], '^src/adapters/desired-store/'),
    confined('convict-confined', ['convict'], '^src/config/'),
    confined(
      'telemetry-packages-confined',
      ['pino', 'prom-client', '@opentelemetry/.*'],
      '^src/telemetry/',
    ),
    confined('commander-confined', ['commander'], ['^src/main\\.ts$', '^src/commands/']),
    confined('avsc-confined', ['avsc'], '^src/codec/'),
    confined('yaml-confined', ['yaml'], ['^src/codec/', '^src/config/']),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: '^(node_modules|dist)/' },
    exclude: { path: '^(dist|coverage|\\.stack)/|(^|/)\\.git/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.d.ts', '.js', '.cjs', '.mjs', '.json'],
    },
  },
};
