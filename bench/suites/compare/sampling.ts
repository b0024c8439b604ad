import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Table from 'cli-table3';
import { orderOf, sampleIntervalFor } from '../../../lib/compare/schedule.js';
import { childEnvironment } from '../../harness/child-environment.js';
import { compiled } from '../../harness/compiled.js';
import { environment, load } from '../../harness/environment.js';
import { BenchFailure } from '../../harness/failure.js';
import type { Options } from '../../harness/options.js';
import type { Outcome } from '../../harness/outcome.js';
import { createProgress } from '../../harness/progress.js';
import { ratioQuartiles, summarize } from '../../harness/statistics.js';

/** Seconds between two looks; the longest that a timer can wait is never. */
const never = 2_000_000;
type CommandModule = typeof import('../../../lib/compare/command.js');
type CandidatesModule = typeof import('../../../lib/compare/candidates/build.js');
type RunModule = typeof import('../../../lib/compare/run/run-once.js');

const ways = ['sampled', 'not sampled', 'control (not sampled)'] as const;
type Way = (typeof ways)[number];
type Figures = Record<'wall' | 'cpu', number>;

/** The most memory to walk through, the most threads and mappings, and nothing but computing. */
const programs = {
  'zlib-burst': ['node', 'examples/zlib-burst.mjs'],
  'worker-rounds': ['node', 'examples/worker-rounds.mjs'],
  'sorting on both cores': [
    'sh',
    '-c',
    `for core in 1 2; do node -e "for (let i = 0; i < 12; i++) Float64Array.from({ length: 1e6 }, Math.random).sort()" & done; wait`,
  ],
} as const;

/** What being looked at costs a program. */
export async function runSampling({ runs }: Options): Promise<Outcome> {
  const before = load();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-bench-'));
  const progress = createProgress();
  const results = new Map<string, Record<Way, Figures[]>>();
  const total = Object.keys(programs).length * runs;
  try {
    for (const [name, words] of Object.entries(programs)) {
      const taken: Record<Way, Figures[]> = {
        sampled: [],
        'not sampled': [],
        'control (not sampled)': [],
      };
      for (let round = 0; round <= runs; round++) {
        progress(results.size * runs + Math.max(0, round - 1), total, name);
        for (const way of orderOf(ways, round + 1)) {
          const figures = await measure(words, way, folder);
          if (round > 0) taken[way].push(figures); // the first one warms up
        }
      }
      results.set(name, taken);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  progress(total, total, '');
  return {
    report: {
      schema: 'allomorph-bench-sampling/1',
      runs,
      loadAverage: { before, after: load() },
      environment: environment(),
      programs: Object.fromEntries(results),
    },
    text: `${table(results)}\nratios to not sampled, by medians (quartiles of the ratios round by round)\n`,
    missed: [],
  };
}

async function measure(words: readonly string[], way: Way, folder: string): Promise<Figures> {
  const { findCommand } = await compiled<CommandModule>('compare/command');
  const { candidatesFor } = await compiled<CandidatesModule>('compare/candidates/build');
  const { runOnce } = await compiled<RunModule>('compare/run/run-once');
  const command = findCommand(words);
  const env = childEnvironment();
  const [candidate] = candidatesFor(['now'], command, 'node', env).candidates;
  if (candidate === undefined) throw new BenchFailure('There is no present state.');
  process.env['IDLE'] = '0';
  const outcome = await runOnce(
    {
      candidate,
      command,
      course: { ready: null, load: null, duration: null, idle: null },
      round: 0,
      position: 0,
      timeout: 600,
      sampleInterval: way === 'sampled' ? sampleIntervalFor(2) : never,
      ignoreFailure: false,
      folder,
      onPhase: () => undefined,
    },
    new AbortController().signal,
  );
  const run = outcome?.run;
  if (!run) throw new BenchFailure(`${words.join(' ')}: ${outcome?.failure?.reason ?? ''}`);
  return { wall: run.wallSeconds, cpu: run.userSeconds + run.systemSeconds };
}

function table(results: ReadonlyMap<string, Record<Way, readonly Figures[]>>): string {
  const rows = new Table({
    head: ['', 'wall s', 'ratio', 'CPU s', 'ratio'],
    colAligns: ['left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const [name, taken] of results) {
    rows.push([name, '', '', '', '']);
    for (const way of ways) {
      const cells = (['wall', 'cpu'] as const).flatMap((metric) => {
        const values = taken[way].map((figures) => figures[metric]);
        const reference = taken['not sampled'].map((figures) => figures[metric]);
        const [low, high] = ratioQuartiles(values, reference);
        const ratio = summarize(values).median / summarize(reference).median;
        return [
          summarize(values).median.toFixed(2),
          `${ratio.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`,
        ];
      });
      rows.push([`  ${way}`, ...cells]);
    }
  }
  return rows.toString();
}
