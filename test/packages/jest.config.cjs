const base = require('../../jest.config.cjs');

/** Real packages; apart from the other tests because they have to be installed first. */
module.exports = {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/packages'],
  testMatch: ['**/*.packages.ts'],
};
