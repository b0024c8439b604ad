import { summarize, type Summary } from '../../harness/statistics.js';
import { names } from './candidates.js';
import type { PresetCase } from './measure.js';
import type { ExampleReport, Program } from './programs.js';

/** Bytes and seconds. */
export const metrics = ['peak', 'idle', 'wall', 'cpu'] as const;
export type Metric = (typeof metrics)[number];

export interface PresetResult {
  readonly program: Program;
  readonly candidate: string;
  readonly skipped: string | null;
  /** As the process itself reported it. */
  readonly allocator: ExampleReport['allocator'] | null;
  readonly samples: Readonly<Record<Metric, readonly number[]>>;
  readonly summary: Readonly<Record<Metric, Summary>> | null;
}

export interface Goal {
  readonly name: string;
  readonly value: number;
  readonly limit: number;
  readonly met: boolean;
}

export function resultOf(
  { program, candidate }: PresetCase,
  reports: readonly ExampleReport[] | undefined,
): PresetResult {
  const taken = reports ?? [];
  const samples = {
    peak: taken.map(({ resident }) => resident.peak),
    idle: taken.map(({ resident }) => resident.idle),
    wall: taken.map(({ seconds }) => seconds),
    cpu: taken.map(({ cpuSeconds }) => cpuSeconds),
  };
  const [first] = taken;
  return {
    program,
    candidate: candidate.name,
    skipped: candidate.skipped ?? null,
    allocator: first?.allocator ?? null,
    samples,
    summary:
      first === undefined
        ? null
        : {
            peak: summarize(samples.peak),
            idle: summarize(samples.idle),
            wall: summarize(samples.wall),
            cpu: summarize(samples.cpu),
          },
  };
}

/** What the presets are for, as ratios of medians of the same run. */
export function presetGoals(results: readonly PresetResult[]): Goal[] {
  const median = (program: Program, candidate: string, metric: Metric): number =>
    results.find((each) => each.program === program && each.candidate === candidate)?.summary?.[
      metric
    ].median ?? NaN;
  const ratio = (program: Program, metric: Metric, candidate: string, reference: string) =>
    median(program, candidate, metric) / median(program, reference, metric);
  const { glibc, stock } = names;
  const [balanced, memory, throughput] = [
    names.jemalloc('balanced'),
    names.jemalloc('memory'),
    names.jemalloc('throughput'),
  ];
  const idle = (reference: string) => ratio('zlib-burst', 'idle', balanced, reference);
  return [
    goal('zlib-burst, idle: jemalloc balanced / glibc', idle(glibc), 1.2),
    goal('zlib-burst, idle: jemalloc balanced / jemalloc stock', idle(stock), 0.1),
    goal(
      'worker-rounds, peak: jemalloc memory / jemalloc balanced',
      ratio('worker-rounds', 'peak', memory, balanced),
      0.9,
    ),
    goal(
      'zlib-burst, CPU: jemalloc throughput / jemalloc balanced',
      ratio('zlib-burst', 'cpu', throughput, balanced),
      0.98,
    ),
  ];
}

const goal = (name: string, value: number, limit: number): Goal => ({
  name,
  value,
  limit,
  met: value <= limit,
});
