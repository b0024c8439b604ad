import type { Suite } from '../harness/suite.js';
import { abiSuite } from './abi.js';
import { countersSuite } from './counters.js';

export interface SuiteEntry {
  readonly name: string;
  readonly description: string;
  /** Prepares the suite, which may mean compiling its cases. */
  readonly open: () => Promise<Suite> | Suite;
}

export const suites: readonly SuiteEntry[] = [
  {
    name: 'abi',
    description: 'one allocate and deallocate from JavaScript, against koffi',
    open: abiSuite,
  },
  {
    name: 'counters',
    description: 'what the always-on live counters cost, natively',
    open: countersSuite,
  },
];
