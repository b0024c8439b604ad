/** A group of cases that are measured together and compared with each other. */
export interface Suite {
  readonly name: string;
  /** What one operation is, for the heading of the table. */
  readonly operation: string;
  /** In which the table shows times; the results are in nanoseconds always. */
  readonly unit?: 'ns' | 'ms';
  /** One case under two names; the ratio of their medians shows the noise. */
  readonly control: { readonly name: string; readonly sameAs: string };
  readonly cases: readonly Case[];
}

/** What is measured: a command. */
export interface Case {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  /** Added to the caller's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * `'inside'` (the default): the command times a loop of its own and prints one {@link Sample} as
   * JSON. `'whole'`: the time from its start to its end is the sample.
   */
  readonly timed?: 'inside' | 'whole';
  /** The file that `malloc` of the command must come from; it prints that as `library`. */
  readonly library?: string;
  /** The case its figure is divided by; none for the references themselves. */
  readonly reference?: string;
  /** The largest ratio to the reference that is good enough. */
  readonly goal?: number;
  /** Why it cannot be measured here. It is shown in the table nevertheless. */
  readonly skipped?: string;
}

/** One timed loop. */
export interface Sample {
  readonly nanoseconds: number;
  readonly operations: number;
}
