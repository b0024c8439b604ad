import type { MetricName } from '../../document/index.js';
import { megabytes, milliseconds, perSecond, seconds, type Format } from './format.js';

export interface MetricText {
  readonly title: string;
  /** What is measured, in a few words. */
  readonly meaning: string;
  readonly format: Format;
}

/** How each metric is named and written on the page. */
export const metricTexts: Readonly<Record<MetricName, MetricText>> = {
  peakRssBytes: {
    title: 'Peak RSS',
    meaning: 'the most that was ever resident',
    format: megabytes,
  },
  meanRssBytes: {
    title: 'Mean RSS',
    meaning: 'resident, averaged over time',
    format: megabytes,
  },
  lastRssBytes: {
    title: 'Last RSS',
    meaning: 'resident in the last sample',
    format: megabytes,
  },
  wallSeconds: { title: 'Wall time', meaning: 'from start to end', format: seconds },
  cpuSeconds: { title: 'CPU time', meaning: 'user and system, all processes', format: seconds },
  requestsPerSecond: {
    title: 'Requests/s',
    meaning: 'as the load generator counted them',
    format: perSecond,
  },
  p50Seconds: {
    title: 'Latency p50',
    meaning: 'half of the requests were faster',
    format: milliseconds,
  },
  p99Seconds: {
    title: 'Latency p99',
    meaning: '99 of 100 requests were faster',
    format: milliseconds,
  },
};

export const programMetrics: readonly MetricName[] = [
  'peakRssBytes',
  'meanRssBytes',
  'lastRssBytes',
  'wallSeconds',
  'cpuSeconds',
];
export const loadMetrics: readonly MetricName[] = ['requestsPerSecond', 'p50Seconds', 'p99Seconds'];
