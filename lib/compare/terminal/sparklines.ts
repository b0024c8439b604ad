import type { CandidateResult } from '../document/index.js';
import { digits, quantity, unitFor } from '../figures/format.js';
import { shortened } from '../../support/shortened.js';
import { harmlessLine } from './harmless.js';
import { rssOverTime, typicalEnd } from './rss-over-time.js';

const levels = '▁▂▃▄▅▆▇█';
const mostSteps = 60;
const longestName = 28;

/** One line of RSS over time for each candidate, all with the same two scales. */
export function sparklines(candidates: readonly CandidateResult[], width: number): string[] {
  const drawn = candidates.filter(({ runs }) => typicalEnd(runs) > 0);
  if (drawn.length === 0) return [];
  const names = drawn.map(({ name }) => shortened(harmlessLine(name), longestName));
  const margin = Math.max(...names.map(({ length }) => length)) + 2;
  const seconds = Math.max(...drawn.map(({ runs }) => typicalEnd(runs)));
  const steps = Math.max(1, Math.min(mostSteps, width - margin));
  const curves = drawn.map(({ runs }) => rssOverTime(runs, seconds, steps));
  const most = Math.max(...curves.flat().map((value) => value ?? 0));
  const axis = `0 to ${digits(most / 1e6)} MB, ${quantity(seconds, unitFor('wallSeconds', [seconds]))}`;
  return [
    shortened(`RSS over time, median of the runs (${axis})`, width),
    ...curves.map((curve, index) =>
      `${(names[index] ?? '').padEnd(margin)}${sparkline(curve, most)}`.trimEnd(),
    ),
  ];
}

function sparkline(values: readonly (number | null)[], most: number): string {
  return values
    .map((value) => {
      if (value === null) return ' ';
      const level = most === 0 ? 0 : Math.ceil((value / most) * levels.length) - 1;
      return levels[Math.max(0, level)] ?? ' ';
    })
    .join('');
}
