import type { CandidateResult, Comparison } from 'allomorph/compare/document/comparison';
import type { MetricName } from 'allomorph/compare/document/metrics';
import type { Run } from 'allomorph/compare/document/run';
import { outcomesOf } from 'allomorph/compare/statistics/index';
import { verdictOf } from 'allomorph/compare/verdict/index';
import { sampleEnvironment } from './sample-environment.js';

type Random = () => number;

/** Deviations with a standard deviation of about 1. */
const shapes = {
  normal: gauss,
  /** Student's distribution with 3 degrees of freedom. */
  heavy: (random: Random) =>
    gauss(random) / (Math.hypot(gauss(random), gauss(random), gauss(random)) / Math.sqrt(3)),
} as const;

export interface Noise {
  readonly shape: keyof typeof shapes;
  /** Relative to the value: 0.05 is 5%. */
  readonly size: number;
  /** Multiplies the values, as time does, instead of adding to them. */
  readonly logarithmic?: boolean;
  /** How often a value is twice what it should be. */
  readonly outliers?: number;
  /** Between the metrics of a run, from 0 to 1. */
  readonly correlation?: number;
}

export type Factors = Partial<Record<MetricName, number>>;

/** What a program without any noise would show; the load's figures when it has one. */
const typical = {
  peakRssBytes: 300e6,
  meanRssBytes: 200e6,
  lastRssBytes: 130e6,
  wallSeconds: 5,
  cpuSeconds: 4,
  requestsPerSecond: 8000,
  p50Seconds: 0.002,
  p99Seconds: 0.02,
};

export function noisyRuns(
  count: number,
  noise: Noise,
  random: Random,
  factors: Factors = {},
  load = false,
): Run[] {
  return Array.from({ length: count }, (_, index) =>
    noisyRun(index + 1, noise, random, factors, load),
  );
}

/** Around 1. @param common what the metrics of a run have in common */
export function noisyValue(noise: Noise, random: Random, common = 0): number {
  const { shape, size, logarithmic = false, outliers = 0, correlation = 0 } = noise;
  const own = shapes[shape](random);
  const deviation = size * (Math.sqrt(correlation) * common + Math.sqrt(1 - correlation) * own);
  const factor = logarithmic ? Math.exp(deviation) : Math.max(0.01, 1 + deviation);
  return random() < outliers ? 2 * factor : factor;
}

function noisyRun(round: number, noise: Noise, random: Random, factors: Factors, load: boolean) {
  const common = shapes[noise.shape](random);
  const value = (metric: MetricName) =>
    typical[metric] * noisyValue(noise, random, common) * (factors[metric] ?? 1);
  const last = value('lastRssBytes');
  const cpu = value('cpuSeconds');
  return {
    round,
    position: 1,
    wallSeconds: value('wallSeconds'),
    userSeconds: cpu * 0.75,
    systemSeconds: cpu * 0.25,
    minorFaults: 1000,
    majorFaults: 0,
    peakRssBytes: value('peakRssBytes'),
    lastRssBytes: last,
    meanRssBytes: value('meanRssBytes'),
    largestOnCandidate: true,
    lastPssBytes: null,
    meanPssBytes: null,
    peakAnonHugePagesBytes: null,
    processes: 1,
    exitCode: 0,
    signal: null,
    readySeconds: null,
    load: load
      ? {
          generator: 'autocannon',
          requestsPerSecond: value('requestsPerSecond'),
          p50Seconds: value('p50Seconds'),
          p99Seconds: value('p99Seconds'),
          errors: 0,
        }
      : null,
    samples: {
      seconds: [0.1, 1, 2, 3, 4, 5],
      rssBytes: [0.2, 0.5, 1, 0.8, 0.6, 0.5].map((share) => share * last),
      pssBytes: [null, null, null, null, null, null],
      anonHugePagesBytes: [null, null, null, null, null, null],
    },
  } satisfies Run;
}

export type Draft = Omit<CandidateResult, 'outcomes'>;

export function draft(name: string, runs: readonly Run[], rest: Partial<Draft> = {}): Draft {
  return {
    name,
    baseline: false,
    allocator: name.split(' ')[0] ?? null,
    library: null,
    settings: {},
    verified: true,
    line: `npx allomorph run --for '${name}' -- node server.js`,
    runs,
    failure: null,
    ...rest,
  };
}

export const failed: Partial<Draft> = {
  runs: [],
  failure: {
    kind: 'exit',
    reason: 'It ended with status 3.',
    round: 2,
    exitCode: 3,
    signal: null,
    lastOutput: 'Error: no such table\n',
  },
};

/** The first is the baseline. */
export function comparisonOf(
  [first, ...others]: readonly [Draft, ...Draft[]],
  rest: Partial<Comparison> = {},
): Comparison {
  const baseline = { ...first, baseline: true, line: null };
  const candidates = [baseline, ...others].map((each) => ({
    ...each,
    outcomes: outcomesOf(each.runs, each.baseline ? null : baseline.runs),
  }));
  const comparison = { ...frame, baseline: first.name, candidates, ...rest };
  return { ...comparison, verdict: verdictOf(comparison) };
}

const frame: Omit<Comparison, 'candidates' | 'baseline' | 'verdict'> = {
  schema: 'allomorph-compare/1',
  startedAt: '2026-03-01T14:03:11.000Z',
  seconds: 754,
  complete: true,
  command: ['node', 'server.js'],
  plan: {
    rounds: 5,
    duration: null,
    ready: null,
    load: null,
    idle: null,
    timeout: 600,
    sampleInterval: 0.1,
  },
  environment: sampleEnvironment,
};

/** Box and Muller's method. */
function gauss(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
