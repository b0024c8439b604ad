/** What running a suite gives. */
export interface Outcome {
  /** For programs, as JSON. */
  readonly report: object;
  /** For people. */
  readonly text: string;
  /** The goals that are not met, by name. */
  readonly missed: readonly string[];
  /** What `--markdown` writes between the markers of a document of this repository. */
  readonly document?: { readonly file: string; readonly markdown: string };
}
