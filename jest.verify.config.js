import usual from './jest.config.js';

/** The long proofs, each printing its figure: `npm run verify`. */
export default {
  ...usual,
  testMatch: ['**/*.verify.ts'],
  testTimeout: 900_000,
  maxWorkers: 1,
};
