import type { Plan, Run } from '../../document/index.js';
import { figureOrDash } from '../figures/figure.js';
import {
  count,
  megabytes,
  milliseconds,
  perSecond,
  seconds,
  type Format,
} from '../figures/format.js';
import type { Content } from '../markup/template.js';

export interface Column {
  readonly title: string;
  readonly cell: (run: Run, path: readonly (string | number)[]) => Content;
}

/** What was not asked for has no column. */
export function columnsFor(runs: readonly Run[], plan: Plan): readonly Column[] {
  return [
    ...always,
    ...(plan.ready === null ? [] : ready),
    ...(runs.some((run) => run.load !== null) ? load : []),
    ...ending,
  ];
}

const always = [
  column('Round', count, 'round'),
  column('Position', count, 'position'),
  column('Peak', megabytes, 'peakRssBytes'),
  column('Mean', megabytes, 'meanRssBytes'),
  column('Last', megabytes, 'lastRssBytes'),
  column('Mean Pss', megabytes, 'meanPssBytes'),
  column('Last Pss', megabytes, 'lastPssBytes'),
  column('Huge pages, peak', megabytes, 'peakAnonHugePagesBytes'),
  column('Wall', seconds, 'wallSeconds'),
  column('User', seconds, 'userSeconds'),
  column('System', seconds, 'systemSeconds'),
  column('Minor faults', count, 'minorFaults'),
  column('Major faults', count, 'majorFaults'),
  column('Processes', count, 'processes'),
];
const ready = [column('Ready after', seconds, 'readySeconds')];
const load = [
  loadColumn('Requests/s', perSecond, 'requestsPerSecond'),
  loadColumn('p50', milliseconds, 'p50Seconds'),
  loadColumn('p99', milliseconds, 'p99Seconds'),
  loadColumn('Errors', count, 'errors'),
];
const ending: readonly Column[] = [
  column('Exit status', count, 'exitCode'),
  { title: 'Signal', cell: ({ signal }) => signal ?? '–' },
  {
    title: 'Samples',
    cell: ({ samples }, path) =>
      figureOrDash(samples.seconds.length, count, ...path, 'samples', 'seconds', 'length'),
  },
];

type Numeric<T> = {
  [K in keyof T]-?: T[K] extends number | null ? K : never;
}[keyof T];

function column(title: string, format: Format, key: Numeric<Run>): Column {
  return { title, cell: (run, path) => figureOrDash(run[key], format, ...path, key) };
}

function loadColumn(title: string, format: Format, key: Numeric<NonNullable<Run['load']>>): Column {
  return {
    title,
    cell: (run, path) => figureOrDash(run.load?.[key] ?? null, format, ...path, 'load', key),
  };
}
