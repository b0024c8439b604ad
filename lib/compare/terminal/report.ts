import type { Comparison } from '../document/index.js';
import { wrap } from '../../doctor/layout.js';
import { shortened } from '../../support/shortened.js';
import { duration } from '../figures/format.js';
import { failureLines } from './failures.js';
import { harmlessLine } from './harmless.js';
import { notes } from './notes.js';
import { paintFor } from './paint.js';
import { sparklines } from './sparklines.js';
import { metricTables } from './tables.js';

export interface ReportOptions {
  /** Columns. Nothing but a path or the line to copy is wider; 60 or more. */
  readonly width: number;
  /** Whether the reader's terminal shows them; the caller knows about NO_COLOR. */
  readonly colours: boolean;
}

/** The report for people; the verdict comes last, where the reader of a terminal looks. */
export function renderReport(comparison: Comparison, { width, colours }: ReportOptions): string {
  const paint = paintFor(colours);
  const { candidates, verdict } = comparison;
  const tables = metricTables(candidates, width, paint);
  const wrapped = (text: string) => wrap(harmlessLine(text), 0, width);
  const blocks = [
    [
      shortened(harmlessLine(comparison.command.join(' ')), width),
      ...wrapped(`${extent(comparison)}. ${machine(comparison)}`).map(paint.faint),
    ],
    ...tables.map((table) => [table]),
    tables.length === 0 ? [] : wrapped(legend(comparison, tables)).map(paint.faint),
    sparklines(candidates, width),
    failureLines(candidates, width, paint),
    notes(comparison).flatMap(wrapped),
    [
      ...wrapped(verdict.sentence).map(paint.strong),
      ...(verdict.line === null ? [] : [`To put it in effect:  ${verdict.line}`]),
    ],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function extent({ candidates, plan, seconds }: Comparison): string {
  const rounds = `${String(plan.rounds)} ${plan.rounds === 1 ? 'round' : 'rounds'}`;
  return `${String(candidates.length)} candidates, ${rounds}, ${duration(seconds)}`;
}

function machine({ environment }: Comparison): string {
  const { cpu, cores, memoryBytes, platform, kernel, arch, libc, node } = environment;
  const memory = `${(memoryBytes / 1e9).toFixed(1)} GB`;
  return `Node ${node}, ${libc}, ${platform} ${kernel} ${arch}; ${cpu}, ${String(cores)} cores, ${memory}`;
}

function legend({ baseline }: Comparison, tables: readonly string[]): string {
  const spread = tables.some((table) => table.includes('±'))
    ? '; ± half the distance between the quartiles'
    : '';
  return (
    `Medians${spread}; difference to "${baseline}", = inside the noise. ` +
    'Peak, mean and last are of resident memory.'
  );
}
