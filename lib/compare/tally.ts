import type { Candidate } from './candidates/candidate.js';
import type { CandidateResult, Failure, Run } from './document/index.js';
import type { RunOutcome } from './run/run-once.js';
import { allocatorOfFile } from './run/verification.js';
import { outcomesOf } from './statistics/index.js';

/** What has come of each candidate so far. */
export class Tally {
  readonly #entries: Map<Candidate, Entry>;

  constructor(candidates: readonly Candidate[]) {
    this.#entries = new Map(
      candidates.map((each) => [each, { runs: [], failure: null, library: null }]),
    );
  }

  add(candidate: Candidate, { library, run, failure }: RunOutcome): void {
    const entry = this.#entries.get(candidate);
    if (entry === undefined) return;
    entry.library ??= library;
    entry.failure ??= failure;
    if (run !== null) entry.runs.push(run);
  }

  /** Those that have not failed. */
  alive(): Candidate[] {
    return [...this.#entries].filter(([, { failure }]) => failure === null).map(([each]) => each);
  }

  results(): CandidateResult[] {
    const baseline = [...this.#entries].find(([candidate]) => candidate.baseline)?.[1].runs ?? [];
    return [...this.#entries].map(([candidate, entry]) => resultOf(candidate, entry, baseline));
  }
}

interface Entry {
  readonly runs: Run[];
  failure: Failure | null;
  library: string | null;
}

function resultOf(
  { name, baseline, settings, line }: Candidate,
  { runs, failure, library }: Entry,
  ofBaseline: readonly Run[],
): CandidateResult {
  return {
    name,
    baseline,
    allocator: library === null ? null : allocatorOfFile(library),
    library,
    settings,
    // A run that was not proven is a failure, and never among the runs.
    verified: runs.length > 0 && failure?.kind !== 'unverified',
    line,
    runs,
    failure,
    outcomes: outcomesOf(runs, baseline ? null : ofBaseline),
  };
}
