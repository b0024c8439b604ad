/** The answer. */
export interface Verdict {
  /** The name of the candidate to use; the baseline's: keep what there is; null: no answer can be given. */
  readonly recommendation: string | null;
  /** What to use, what that saves and costs, how sure, in one sentence. */
  readonly sentence: string;
  /**
   * From 0 to 1: the share of resamplings of the runs in which this recommendation came out; null
   * without one.
   */
  readonly confidence: number | null;
  /** The exact line that puts it in effect; null when nothing has to be done. */
  readonly line: string | null;
}
