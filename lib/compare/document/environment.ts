/** What the figures depend on, as far as it can be told. */
export interface Environment {
  readonly allomorph: string;
  readonly node: string;
  readonly platform: string;
  readonly kernel: string;
  readonly arch: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** `'glibc 2.36'`. */
  readonly libc: string;
  /** `'always'`, `'madvise'`, `'never'`; null for a kernel without them. */
  readonly transparentHugePages: string | null;
  /** The lowest memory limit on the way to the root of the control groups; null: none. */
  readonly memoryLimitBytes: number | null;
  /** Processes that ran or waited, on average over the minute before. */
  readonly loadAverage: { readonly before: number; readonly after: number };
}
