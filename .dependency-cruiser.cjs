const record = '^src/records/([^/]+)/';

/** The arrows of ARCHITECTURE.md. @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A circle of files cannot be read, moved or tested one at a time.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'engine-knows-no-record',
      comment: 'Entities are declarations that the engine is given; only app.module lists them.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/records/', '^src/app\\.module\\.ts$'] },
      to: { path: record },
    },
    {
      name: 'records-share-only-tables',
      comment: 'A reference names the other entity; anything more would tie the folders together.',
      severity: 'error',
      from: { path: record },
      to: { path: record, pathNot: ['^src/records/$1/', '\\.entity\\.ts$'] },
    },
    {
      name: 'controllers-call-services',
      comment: 'A controller holds declarations and one-line bodies.',
      severity: 'error',
      from: { path: '\\.controller\\.ts$' },
      to: { path: '\\.(repository|entity|mapper|parser)\\.ts$' },
    },
    {
      name: 'sync-knows-neither-http-nor-redis',
      comment: 'The engine takes bytes and answers a report, so that an import can use it as a webhook does.',
      severity: 'error',
      from: { path: '^src/sync/' },
      to: {
        path: [
          '^src/(?!sync/|audit/|database/|config/|metrics/registry\\.module\\.ts$)',
          'node_modules/(@types/)?(express|ioredis)/',
        ],
      },
    },
    {
      name: 'database-knows-no-concern',
      comment: 'Connections and transactions serve everybody, so they depend on nobody.',
      severity: 'error',
      from: { path: '^src/database/' },
      to: { path: '^src/(?!database/|config/)' },
    },
    {
      name: 'audit-is-written-by-others',
      comment: 'Whoever changes something on behalf of an administrator writes it here, the engine too.',
      severity: 'error',
      from: { path: '^src/audit/' },
      to: { path: '^src/(?!audit/|database/|config/)' },
    },
    {
      name: 'moodle-knows-no-entity',
      comment: 'The client of the web services would serve any other program as well.',
      severity: 'error',
      from: { path: '^src/moodle/' },
      to: { path: '^src/(?!moodle/|metrics/registry\\.module\\.ts$|outgoing/|config/)' },
    },
    {
      name: 'outgoing-knows-no-concern',
      comment: 'Whoever calls other servers does so by the same rules, which are nobody’s in particular.',
      severity: 'error',
      from: { path: '^src/outgoing/' },
      to: { path: '^src/(?!outgoing/|config/)' },
    },
    {
      name: 'secrets-know-no-concern',
      comment: 'What is sealed is nobody’s in particular; whoever uses a secret asks for it.',
      severity: 'error',
      from: { path: '^src/secrets/' },
      to: { path: '^src/(?!secrets/|database/|config/)' },
    },
    {
      name: 'reading-knows-no-database',
      comment: 'Records are read from bytes, whoever brings them and whatever becomes of them.',
      severity: 'error',
      from: { path: '^src/import/reading/' },
      to: { path: '^src/(?!import/reading/|sync/|request/problem\\.ts$)' },
    },
    {
      name: 'import-serves-command-and-routes',
      comment: 'The same engine takes a file from a terminal and from a request.',
      severity: 'error',
      from: { path: '^src/import/' },
      to: { path: '^src/(?!import/|sync/|request/|openapi/|database/|config/)' },
    },
    {
      name: 'registry-knows-nobody',
      comment: 'Everybody who counts uses it, the engine too; the page of metrics knows whom it looks at.',
      severity: 'error',
      from: { path: '^src/metrics/registry\\.module\\.ts$' },
      to: { path: '^src/' },
    },
    {
      name: 'commands-are-the-outside',
      comment: 'A command starts the service or parts of it; no part starts a command.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/commands/', '^src/main\\.ts$'] },
      to: { path: '^src/commands/' },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.spec\\.ts$', '^src/main\\.ts$'] },
      to: {},
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.spec\\.ts$' },
  },
};
