/** One run of the program on one candidate. Seconds and bytes. */
export interface Run {
  /** From 1. */
  readonly round: number;
  /** From 1: which place it had in its round. */
  readonly position: number;
  /** From the start of the program to its end, as wait4(2) sees it. */
  readonly wallSeconds: number;
  /** Of the program and of its descendants, also of those that only ended after it. */
  readonly userSeconds: number;
  readonly systemSeconds: number;
  /** Page faults without and with input. */
  readonly minorFaults: number;
  readonly majorFaults: number;
  /**
   * The greatest the resident memory ever was: the kernel's own high-water mark of the largest
   * process, or the sum over all processes at one time where that was more.
   */
  readonly peakRssBytes: number;
  /**
   * What it held at last: the sample before it was asked to stop; of a program that ends by itself,
   * the last one at least 0.1 s (or a tenth of the run) before its end, in which it frees what it has.
   */
  readonly lastRssBytes: number;
  /** Averaged over time, until it was stopped; descendants included. */
  readonly meanRssBytes: number;
  /**
   * The same by proportional share: a page that n processes map counts 1/n in each. Page
   * tables are read seldom: null where that was not in the last tenth of the run, or for the average less
   * than ten times.
   */
  readonly lastPssBytes: number | null;
  readonly meanPssBytes: number | null;
  /** The most that was in transparent huge pages at one time. */
  readonly peakAnonHugePagesBytes: number | null;
  /**
   * False: the process that held most was not on the candidate's allocator: a child that is not Node,
   * with `--inherit node`. True for the present state.
   */
  readonly largestOnCandidate: boolean;
  /** The most that existed at one time, the program itself included. */
  readonly processes: number;
  /** Null when a signal ended it: the one we stopped it with. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** From the start until the program was ready; null when nothing was waited for. */
  readonly readySeconds: number | null;
  /** Null when there was no load, or its figures could not be read. */
  readonly load: LoadFigures | null;
  /** From the start of the program. */
  readonly samples: Samples;
}

/** What the load generator printed of itself. */
export interface LoadFigures {
  /** How it was recognised: `'autocannon'`, `'wrk'`, …. */
  readonly generator: string;
  readonly requestsPerSecond: number;
  /** Seconds. Null: not among what it printed, or printed as 0, which is less than it can tell. */
  readonly p50Seconds: number | null;
  readonly p99Seconds: number | null;
  /** Failed requests, timeouts and responses other than 2xx, as far as it printed them. */
  readonly errors: number;
}

/**
 * Columns of equal length: one entry for each look, sums over the program and its descendants. Where
 * only the kernel's counters were read, and not the page tables, the last two are null.
 */
export interface Samples {
  readonly seconds: readonly number[];
  readonly rssBytes: readonly number[];
  readonly pssBytes: readonly (number | null)[];
  readonly anonHugePagesBytes: readonly (number | null)[];
}
