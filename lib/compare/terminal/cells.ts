import type { CandidateResult, MetricName } from '../document/index.js';
import type { Outcome } from '../document/metrics.js';
import { digits, percent, unitFor, type Unit } from '../figures/format.js';
import { higherIsBetter } from '../figures/labels.js';
import type { Paint } from './paint.js';

/** What stands in one column of a table, head first; all of one width but for the paint. */
export interface Column {
  readonly head: string;
  readonly cells: readonly string[];
  readonly width: number;
}

const heads: Readonly<Record<MetricName, string>> = {
  peakRssBytes: 'peak',
  meanRssBytes: 'mean',
  lastRssBytes: 'last',
  wallSeconds: 'wall',
  cpuSeconds: 'CPU',
  requestsPerSecond: '',
  p50Seconds: 'p50',
  p99Seconds: 'p99',
};

/** `2447 ±1% +5.7%`: median, spread, difference; the parts of all cells below each other. */
export function columnFor(
  metric: MetricName,
  candidates: readonly CandidateResult[],
  paint: Paint,
  withSpread: boolean,
): Column {
  const outcomes = candidates.map((candidate) => candidate.outcomes[metric]);
  const unit = unitFor(
    metric,
    outcomes.map((outcome) => outcome?.median ?? 0),
  );
  const texts = outcomes.map((outcome) => partsOf(outcome, unit, withSpread));
  const widths = [0, 1, 2].map((part) => Math.max(...texts.map((row) => row[part]?.length ?? 0)));
  const cells = texts.map((row, index) => {
    const parts = row.map((part, place) => part.padStart(widths[place] ?? 0));
    const [value = '', spread = '', change = ''] = parts;
    const painted = paintChange(change, metric, outcomes[index], paint);
    return [value, paint.faint(spread), painted]
      .filter((_, place) => widths[place] !== 0)
      .join(' ');
  });
  const used = widths.filter((width) => width !== 0);
  const inner = used.reduce((sum, width) => sum + width + 1, -1);
  const head = `${heads[metric]} ${unit.name}`.trim();
  return { head, cells, width: Math.max(head.length, inner) };
}

function partsOf(outcome: Outcome | undefined, unit: Unit, withSpread: boolean): string[] {
  if (outcome === undefined) return ['–', '', ''];
  const { median, difference } = outcome;
  const change = difference === null ? '' : difference.distinct ? signed(difference.relative) : '=';
  return [digits(median / unit.scale), withSpread ? spreadOf(outcome) : '', change];
}

/** Half the distance between the quartiles, never shown as less than it is. */
function spreadOf({ median, quartiles: [low, high], values }: Outcome): string {
  if (values.length < 2 || median === 0) return '';
  return `±${String(Math.ceil(((high - low) / 2 / Math.abs(median)) * 100))}%`;
}

function signed(relative: number): string {
  return `${relative < 0 ? '−' : '+'}${percent(relative)}`;
}

function paintChange(
  text: string,
  metric: MetricName,
  outcome: Outcome | undefined,
  paint: Paint,
): string {
  const difference = outcome?.difference ?? null;
  if (difference === null) return text;
  if (!difference.distinct) return paint.faint(text);
  const better = difference.relative > 0 === higherIsBetter(metric);
  return better ? paint.better(text) : paint.worse(text);
}
