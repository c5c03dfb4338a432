module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.ts$': ['ts-jest', { diagnostics: false }] },
  clearMocks: true,
  reporters: ['default', '<rootDir>/test/support/skipped-reporter.js'],
};
