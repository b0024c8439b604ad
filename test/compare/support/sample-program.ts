import type { Run } from 'allomorph/compare/document/run';

/** How an imagined service behaves on an allocator. */
export interface Behaviour {
  /** MB: before the work, at its height, and where it goes to afterwards. */
  readonly start: number;
  readonly peak: number;
  readonly idle: number;
  /** Seconds until what is given back is given back by half. */
  readonly decay: number;
  /** Seconds of work, and of processor time. */
  readonly work: number;
  readonly cpu: number;
  readonly requestsPerSecond: number;
}

export interface RunOptions {
  readonly round: number;
  readonly position: number;
  readonly load: boolean;
  readonly interval: number;
  readonly random: () => number;
}

const idleSeconds = 8;

/** One run: memory climbs in bursts, stays up while there is work, and comes down as it may. */
export function sampleRun(behaviour: Behaviour, options: RunOptions): Run {
  const { round, position, load, interval, random } = options;
  const vary = (value: number, by: number) => value * (1 + by * (2 * random() - 1));
  const work = vary(behaviour.work, 0.06);
  const peak = vary(behaviour.peak, 0.025) * 1e6;
  const idle = vary(behaviour.idle, 0.08) * 1e6;
  const start = vary(behaviour.start, 0.02) * 1e6;
  const end = work + idleSeconds;
  const seconds = Array.from({ length: Math.floor(end / interval) }, (_, index) =>
    Number(((index + 0.3 + 0.4 * random()) * interval).toFixed(4)),
  );
  const rss = seconds.map((second) => {
    const climb = 1 - Math.exp((-4 * Math.min(second, work)) / work);
    const burst = 0.06 * Math.sin(second * 5) * (second < work ? 1 : 0);
    const high = start + (peak - start) * Math.min(1, climb + burst);
    const fall = second < work ? 1 : 0.5 ** ((second - work) / behaviour.decay);
    return Math.round((idle + (high - idle) * fall) * (1 + 0.006 * (random() - 0.5)));
  });
  const mean = rss.reduce((sum, value) => sum + value, 0) / rss.length;
  const cpu = vary(behaviour.cpu, 0.05);
  const last = rss.at(-1)!;
  return {
    round,
    position,
    wallSeconds: end + 0.05 * random(),
    userSeconds: cpu * 0.8,
    systemSeconds: cpu * 0.2,
    minorFaults: Math.round(vary(peak / 4096, 0.2)),
    majorFaults: Math.floor(3 * random()),
    peakRssBytes: Math.max(...rss),
    lastRssBytes: last,
    meanRssBytes: mean,
    largestOnCandidate: true,
    lastPssBytes: Math.round(last * 0.94),
    meanPssBytes: mean * 0.94,
    peakAnonHugePagesBytes: 0,
    processes: 1,
    exitCode: load ? null : 0,
    signal: load ? 'SIGTERM' : null,
    readySeconds: load ? vary(0.31, 0.1) : null,
    load: load
      ? {
          generator: 'autocannon',
          requestsPerSecond: vary(behaviour.requestsPerSecond, 0.04),
          p50Seconds: vary(10 / behaviour.requestsPerSecond, 0.05),
          p99Seconds: vary(60 / behaviour.requestsPerSecond, 0.2),
          errors: 0,
        }
      : null,
    samples: {
      seconds,
      rssBytes: rss,
      pssBytes: rss.map((value) => Math.round(value * 0.94)),
      anonHugePagesBytes: rss.map(() => 0),
    },
  };
}
