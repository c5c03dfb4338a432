/** The tests on a real cluster; `npm run test:cluster` starts them where no other network is. */
module.exports = {
  ...require('./jest.config'),
  roots: ['<rootDir>/test/cluster'],
  testPathIgnorePatterns: ['/node_modules/'],
  globalSetup: '<rootDir>/test/cluster/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/cluster/support/global-teardown.ts',
  // one cluster, and its targets are judged as a whole: one file after the other
  maxWorkers: 1,
  // every wait has an end of its own, with a message; this is for what hangs
  testTimeout: 400_000,
};
