import { environment, load } from '../../harness/environment.js';
import type { Options } from '../../harness/options.js';
import type { Outcome } from '../../harness/outcome.js';
import { createProgress } from '../../harness/progress.js';
import { presetCandidates, tuningCandidates, type Candidate } from './candidates.js';
import { measureCases } from './measure.js';
import { programs, type Program } from './programs.js';
import { renderMarkdown, renderText, type ProgramsReport } from './render.js';
import { presetGoals, resultOf, type Goal, type PresetResult } from './results.js';

/** Programs on candidates. */
interface Study {
  readonly suite: string;
  readonly programs: readonly Program[];
  readonly candidates: () => Promise<Candidate[]>;
  readonly goals: (results: readonly PresetResult[]) => Goal[];
}

/** The examples on every allocator and preset. */
export const runPresets = run({
  suite: 'presets',
  programs,
  candidates: presetCandidates,
  goals: presetGoals,
});

/** The examples on jemalloc with one option more or less: why the presets are what they are. */
export const runTuning = run({
  suite: 'tuning',
  programs: ['zlib-burst', 'worker-rounds'],
  candidates: tuningCandidates,
  goals: () => [],
});

function run(study: Study) {
  return async ({ runs }: Options): Promise<Outcome> => {
    const startedAt = new Date();
    const before = load();
    const list = await study.candidates();
    const cases = study.programs.flatMap((program) =>
      list.map((candidate) => ({ program, candidate })),
    );
    const measurable = cases.filter(({ candidate }) => candidate.skipped === undefined);
    const reports = await measureCases(measurable, runs, createProgress());
    const results = cases.map((each) => resultOf(each, reports.get(each)));
    const goals = study.goals(results);
    const report: ProgramsReport = {
      schema: 'allomorph-bench-programs/1',
      suite: study.suite,
      programs: study.programs,
      runs,
      startedAt: startedAt.toISOString(),
      seconds: (Date.now() - startedAt.getTime()) / 1000,
      loadAverage: { before, after: load() },
      environment: environment(),
      cases: results,
      goals,
    };
    return {
      report,
      text: renderText(report),
      missed: goals.filter(({ met }) => !met).map(({ name }) => name),
      document: { file: 'docs/presets.md', markdown: renderMarkdown(report) },
    };
  };
}
