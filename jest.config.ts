import type { Config } from 'jest';

export default {
  testEnvironment: 'node',
  testRegex: '(src/.*\\.spec|test/.*\\.e2e-spec)\\.ts$',
  moduleFileExtensions: ['ts', 'js', 'json'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  setupFiles: ['<rootDir>/test/support/environment.ts'],
  testTimeout: 60_000,
  reporters: [
    'default',
    '<rootDir>/test/support/canary/canary.reporter.cjs',
    '<rootDir>/test/support/closing-line.reporter.cjs',
  ],
  transform: { '^.+\\.[jt]s$': ['@swc/jest', { swcrc: true }] },
  // These ship ES modules only; compiling them here lets plain Jest load it on any Node.
  transformIgnorePatterns: [
    '/node_modules/(?!@nestjs/|pg-boss/|cockatiel/|request-filtering-agent/|serialize-error/|non-error/|type-fest/|tagged-tag/|rrule-temporal/|@js-temporal/|temporal-)',
  ],
  collectCoverageFrom: ['src/**/*.ts', '!src/main.ts'],
} satisfies Config;
