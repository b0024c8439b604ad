/** A group of cases that are measured together and compared with each other. */
export interface Suite {
  readonly name: string;
  /** What one operation is, for the heading of the table. */
  readonly operation: string;
  /** One case under two names; the ratio of their medians shows the noise. */
  readonly control: { readonly name: string; readonly sameAs: string };
  readonly cases: readonly Case[];
}

/** What is measured: a command that prints one {@link Sample} as JSON. */
export interface Case {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
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
