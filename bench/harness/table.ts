import Table from 'cli-table3';
import type { Report } from './report.js';
import type { CaseResult, Comparison } from './results.js';

export type Unit = 'ns' | 'ms';

const plain = { head: [], border: [] };

/** The report for people. */
export function renderReport(report: Report, unit: Unit): string {
  const { environment: machine, loadAverage, noise } = report;
  const lines = [
    `${report.suite}: ${report.operation}, ${report.runs} samples a case`,
    renderTable(report.cases, unit),
    ...references(report.cases),
    noise === null
      ? 'noise    not measured'
      : `noise    ${noise.ratio.toFixed(3)} is ${noise.name} / ${noise.sameAs}, the same code twice`,
    `machine  ${machine.cpu}, ${machine.cores} cores; ${machine.platform} ${machine.kernel} ${machine.arch}`,
    `on       node ${machine.node}, koffi ${machine.koffi}, malloc ${machine.malloc}, ` +
      `jemalloc ${machine.jemalloc ?? 'none'}, allomorph ${machine.allomorph}`,
    `load     ${loadAverage.before.toFixed(2)} before, ${loadAverage.after.toFixed(2)} after (this run adds 1)`,
  ];
  // One process of ours runs at a time; whatever is above that shares caches and cores with it.
  if (loadAverage.before > 0.5 || loadAverage.after > 1.5) {
    lines.push('The machine was busy with something else: repeat this before believing it.');
  }
  return `${lines.join('\n')}\n`;
}

function renderTable(cases: readonly CaseResult[], unit: Unit): string {
  const time = (value: number) => digits(unit === 'ms' ? value / 1e6 : value);
  const table = new Table({
    head: ['case', unit, 'quartiles', 'ratio', 'quartiles', 'goal', ''],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'left'],
    style: { ...plain, compact: true },
  });
  for (const { name, skipped, summary, comparison } of cases) {
    if (summary === null) {
      table.push([name, { colSpan: 6, content: `skipped: ${skipped ?? ''}` }]);
    } else {
      table.push([
        name,
        time(summary.median),
        range(summary.quartiles, time),
        ...ratio(comparison),
      ]);
    }
  }
  return table.toString();
}

function ratio(comparison: Comparison | null): string[] {
  if (comparison === null) return ['', '', '', ''];
  const { goal, met } = comparison;
  return [
    comparison.ratio.toFixed(3),
    range(comparison.quartiles, (value) => value.toFixed(3)),
    goal === null ? '' : `<= ${goal.toFixed(2)}`,
    met === null ? '' : met ? 'met' : 'MISSED',
  ];
}

function references(cases: readonly CaseResult[]): string[] {
  const names = new Set(cases.flatMap(({ comparison }) => comparison?.reference ?? []));
  if (names.size === 0) return [];
  return [`ratio    to ${names.size > 2 ? 'the first of the same group' : [...names].join(', ')}`];
}

function digits(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}

function range([low, high]: readonly [number, number], format: (value: number) => string): string {
  return `${format(low)}–${format(high)}`;
}
