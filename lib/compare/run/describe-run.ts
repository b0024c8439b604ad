import { max } from 'simple-statistics';
import type { Run } from '../document/index.js';
import { columns, timeAverage, type Sample } from './samples.js';
import type { Order } from './order.js';
import type { Progress } from './phases.js';
import type { Ended } from './supervisor-events.js';
import type { Supervised } from './supervisor.js';
import type { Proof } from './verification.js';

/** For an average over time. */
const fewestWalks = 10;
/** Seconds: the least time between two looks. What is over sooner was seen once, or by chance not at all. */
const shortest = 0.02;

/** The figures of a run; null: it ended before its memory could be looked at. */
export function describeRun(
  { round, position }: Order,
  ended: Ended,
  progress: Progress,
  { samples: series, marks }: Pick<Supervised, 'samples' | 'marks'>,
  proof: Proof,
): Run | null {
  const wall = ended.wallSeconds;
  if (wall < shortest) return null;
  // How long a server takes to stop is no part of what it held.
  const end = Math.min(wall, marks.seconds ?? wall);
  const last = lastBefore(marks.seconds ?? wall - teardown(wall), series);
  const meanRss = timeAverage(
    series.map(({ seconds, rss }) => [seconds, rss] as const),
    end,
  );
  if (last === undefined || meanRss === null) return null;
  const walks = series.flatMap(({ seconds, pss, anonHugePages }) =>
    pss === null || anonHugePages === null ? [] : [{ seconds, pss, anonHugePages }],
  );
  // Page tables are read seldom. Between a few of them anything may have happened.
  const meanPss =
    walks.length < fewestWalks
      ? null
      : timeAverage(
          walks.map(({ seconds, pss }) => [seconds, pss] as const),
          end,
        );
  return {
    round,
    position,
    wallSeconds: ended.wallSeconds,
    userSeconds: ended.userSeconds,
    systemSeconds: ended.systemSeconds,
    minorFaults: ended.minorFaults,
    majorFaults: ended.majorFaults,
    peakRssBytes: Math.max(ended.peakRssBytes, max(series.map(({ rss }) => rss))),
    lastRssBytes: last.rss,
    meanRssBytes: Math.round(meanRss),
    lastPssBytes: walks.filter(({ seconds }) => seconds >= 0.9 * end).at(-1)?.pss ?? null,
    meanPssBytes: meanPss === null ? null : Math.round(meanPss),
    peakAnonHugePagesBytes:
      walks.length === 0 ? null : max(walks.map(({ anonHugePages }) => anonHugePages)),
    largestOnCandidate: proof.pids === null || proof.pids.includes(marks.largestPid ?? 0),
    processes: max(series.map(({ processes }) => processes)),
    exitCode: ended.exitCode,
    signal: ended.signal,
    readySeconds: progress.readySeconds,
    load: progress.load,
    samples: columns(series),
  };
}

function lastBefore(end: number, series: readonly Sample[]): Sample | undefined {
  // A program that is all end and no course has its first sample as its last.
  return series.filter(({ seconds }) => seconds <= end).at(-1) ?? series[0];
}

/**
 * Seconds before its end in which a program is no longer itself: Node frees much of what it holds when
 * it exits, within 20 to 60 ms.
 */
function teardown(wall: number): number {
  return Math.min(0.1, wall / 10);
}
