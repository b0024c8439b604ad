import Table from 'cli-table3';
import type { Environment } from '../../harness/environment.js';
import type { Summary } from '../../harness/statistics.js';
import type { Program } from './programs.js';
import { metrics, type Goal, type Metric, type PresetResult } from './results.js';

export interface ProgramsReport {
  readonly schema: 'allomorph-bench-programs/1';
  readonly suite: string;
  readonly programs: readonly Program[];
  readonly runs: number;
  readonly startedAt: string;
  readonly seconds: number;
  readonly loadAverage: { readonly before: number; readonly after: number };
  readonly environment: Environment;
  readonly cases: readonly PresetResult[];
  readonly goals: readonly Goal[];
}

const heads = ['', 'peak MB', 'idle MB', 'work s', 'CPU s'];

const formats: Readonly<Record<Metric, (value: number) => string>> = {
  peak: megabytes,
  idle: megabytes,
  wall: (value) => value.toFixed(2),
  cpu: (value) => value.toFixed(2),
};

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

/** The report for people. */
export function renderText(report: ProgramsReport): string {
  const tables = report.programs.map((program) => {
    const table = new Table({
      head: [program, ...heads.slice(1)],
      colAligns: ['left', 'right', 'right', 'right', 'right'],
      style: { head: [], border: [], compact: true },
    });
    for (const row of rowsOf(report, program)) table.push(row);
    return table.toString();
  });
  return `${[...tables, ...facts(report), ...goals(report.goals)].join('\n')}\n`;
}

/** The same for a document. */
export function renderMarkdown(report: ProgramsReport): string {
  const tables = report.programs.map((program) =>
    [
      `**${program}**`,
      '',
      markdownRow(heads),
      '| --- | --: | --: | --: | --: |',
      ...rowsOf(report, program).map(markdownRow),
      '',
    ].join('\n'),
  );
  return [
    ...tables,
    '```',
    `$ npm run bench -- ${report.suite} --runs ${report.runs} --markdown`,
    ...facts(report),
    ...goals(report.goals),
    '```',
  ].join('\n');
}

const markdownRow = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

function rowsOf({ cases }: ProgramsReport, program: Program): string[][] {
  return cases
    .filter((each) => each.program === program)
    .map(({ candidate, skipped, summary }) =>
      summary === null
        ? [candidate, skipped ?? '', '', '', '']
        : [candidate, ...metrics.map((metric) => cell(summary[metric], formats[metric]))],
    );
}

function cell({ median, min, max }: Summary, format: (value: number) => string): string {
  return `${format(median)} (${format(min)}–${format(max)})`;
}

function facts({ runs, environment: machine, loadAverage, cases }: ProgramsReport): string[] {
  const versions = new Set(
    cases.flatMap(({ allocator }) =>
      allocator === null ? [] : [`${allocator.name} ${allocator.version ?? ''}`.trim()],
    ),
  );
  return [
    `figures  median (smallest–largest) of ${runs} runs; the control is a case a second time: the noise`,
    `machine  ${machine.cpu}, ${machine.cores} cores; ${machine.platform} ${machine.kernel} ${machine.arch}`,
    `on       node ${machine.node}, ${[...versions].join(', ')}, allomorph ${machine.allomorph}`,
    `load     ${loadAverage.before.toFixed(2)} before, ${loadAverage.after.toFixed(2)} after`,
  ];
}

function goals(all: readonly Goal[]): string[] {
  return all.map(
    ({ name, value, limit, met }) =>
      `goal     ${name}: ${value.toFixed(3)} <= ${limit.toFixed(2)} ${met ? 'met' : 'MISSED'}`,
  );
}
