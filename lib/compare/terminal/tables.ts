import Table from 'cli-table3';
import type { CandidateResult, MetricName } from '../document/index.js';
import { columnFor, type Column } from './cells.js';
import { harmlessLine } from './harmless.js';
import type { Paint } from './paint.js';

const gap = 2;
const longestName = 28;
const shortestName = 12;

const groups: readonly (readonly MetricName[])[] = [
  ['peakRssBytes', 'meanRssBytes', 'lastRssBytes', 'wallSeconds', 'cpuSeconds'],
  ['requestsPerSecond', 'p50Seconds', 'p99Seconds'],
];

/** One table for the program and one for the load; more where they would be wider than `width`. */
export function metricTables(
  candidates: readonly CandidateResult[],
  width: number,
  paint: Paint,
): string[] {
  const measured = candidates.filter(({ runs }) => runs.length > 0);
  if (measured.length === 0) return [];
  return groups.flatMap((group) => {
    const metrics = group.filter((metric) => measured.some(({ outcomes }) => outcomes[metric]));
    return metrics.length === 0 ? [] : fittingTables(measured, metrics, width, paint);
  });
}

/** As it is, or without the spreads, or with shorter names, or in two halves. */
function fittingTables(
  candidates: readonly CandidateResult[],
  metrics: readonly MetricName[],
  width: number,
  paint: Paint,
): string[] {
  const names = candidates.map(({ name }) => harmlessLine(name));
  const longest = Math.min(longestName, Math.max(...names.map(({ length }) => length)));
  const least = Math.min(longest, shortestName);
  const full = columnsFor(candidates, metrics, paint, true);
  const brief = columnsFor(candidates, metrics, paint, false);
  for (const [columns, wanted] of [
    [full, longest],
    [full, least],
    [brief, least],
  ] as const) {
    const room = width - columns.reduce((sum, column) => sum + column.width + gap, 0);
    if (room >= wanted) return [table(names, columns, Math.min(longest, room), paint)];
  }
  if (metrics.length === 1) return [table(names, brief, least, paint)];
  const half = Math.ceil(metrics.length / 2);
  return [metrics.slice(0, half), metrics.slice(half)].flatMap((part) =>
    fittingTables(candidates, part, width, paint),
  );
}

function columnsFor(
  candidates: readonly CandidateResult[],
  metrics: readonly MetricName[],
  paint: Paint,
  withSpread: boolean,
): Column[] {
  return metrics.map((metric) => columnFor(metric, candidates, paint, withSpread));
}

function table(
  names: readonly string[],
  columns: readonly Column[],
  nameWidth: number,
  paint: Paint,
): string {
  const result = new Table({
    head: ['', ...columns.map(({ head }) => paint.strong(head))],
    colWidths: [nameWidth + gap, ...columns.map(({ width }) => width + gap)],
    colAligns: ['left', ...columns.map(() => 'right' as const)],
    chars: borderless,
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': gap },
  });
  names.forEach((name, row) => {
    result.push([name, ...columns.map(({ cells }) => cells[row] ?? '')]);
  });
  return result
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

const borderless = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
