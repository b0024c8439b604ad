import type { Options, SuiteFacts } from '../harness/options.js';
import type { Outcome } from '../harness/outcome.js';
import { timings } from '../harness/timings.js';
import { abiSuite } from './abi.js';
import { runBuffers } from './buffers/run.js';
import { checkedSuite } from './checked.js';
import { runControl } from './compare/control.js';
import { runResults } from './compare/results.js';
import { runSampling } from './compare/sampling.js';
import { composeSuite } from './compose.js';
import { countersSuite } from './counters.js';
import { interposerSuite } from './interposer.js';
import { magazinesSuite } from './magazines.js';
import { mallocSuite } from './malloc.js';
import { runPresets, runTuning } from './presets/run.js';
import { startupSuite } from './startup.js';

export interface SuiteEntry extends SuiteFacts {
  /** Prepares the suite, which may mean compiling its cases, and measures it. */
  readonly run: (options: Options) => Promise<Outcome>;
}

export const suites: readonly SuiteEntry[] = [
  {
    name: 'abi',
    description: 'one allocate and deallocate from JavaScript, against koffi',
    runs: 9,
    run: timings(abiSuite),
  },
  {
    name: 'magazines',
    description: 'the same with magazines in front, in several patterns',
    runs: 9,
    run: timings(magazinesSuite),
  },
  {
    name: 'compose',
    description: 'what a building block adds, natively and in JavaScript',
    runs: 9,
    run: timings(composeSuite),
  },
  {
    name: 'checked',
    description: 'what the debugging allocator costs, by level and by kind of stack',
    runs: 5,
    run: timings(checkedSuite),
  },
  {
    name: 'buffers',
    description: "a BufferPool against Node's own Buffers: time, and memory over a long trace",
    runs: 5,
    run: runBuffers,
  },
  {
    name: 'counters',
    description: 'what the always-on live counters cost, natively',
    runs: 9,
    run: timings(countersSuite),
  },
  {
    name: 'malloc',
    description: "our preloaded jemalloc against Debian's and others, natively",
    runs: 21,
    run: timings(mallocSuite),
  },
  {
    name: 'interposer',
    description: 'malloc on the interposer, against the five functions behind it',
    runs: 9,
    run: timings(interposerSuite),
  },
  {
    name: 'startup',
    description: 'what starting Node on another allocator costs',
    runs: 31,
    run: timings(startupSuite),
  },
  {
    name: 'presets',
    description: 'memory and time of the examples on every allocator and preset',
    runs: 5,
    documented: true,
    run: runPresets,
  },
  {
    name: 'tuning',
    description: "the same with single options of jemalloc: where the presets' values come from",
    runs: 5,
    documented: true,
    run: runTuning,
  },
  {
    name: 'sampling',
    description: 'what a program pays for being looked at by `compare`',
    runs: 11,
    run: runSampling,
  },
  {
    name: 'control',
    description: 'whether `compare` tells the same candidate apart from itself',
    runs: 20,
    run: runControl,
  },
  {
    name: 'results',
    description: '`compare` on every example',
    runs: 5,
    documented: true,
    run: runResults,
  },
];
