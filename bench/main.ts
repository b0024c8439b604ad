import { writeFileSync } from 'node:fs';
import { environment, load } from './harness/environment.js';
import { BenchFailure } from './harness/failure.js';
import { measure } from './harness/measure.js';
import { parseOptions, usage, type Options } from './harness/options.js';
import { createProgress } from './harness/progress.js';
import { makeReport, type Report } from './harness/report.js';
import { evaluate, missedGoals } from './harness/results.js';
import { renderReport } from './harness/table.js';
import { suites } from './suites/index.js';

async function main(args: string[]): Promise<void> {
  const names = suites.map(({ name }) => name);
  const options = parseOptions(args, names);
  if (options === undefined) {
    process.stdout.write(usage(suites));
    return;
  }
  const report = await run(options);
  write(report, options.json);
  const missed = missedGoals(report).map(({ name }) => name);
  if (options.assert && missed.length > 0) {
    throw new BenchFailure(`Goals missed: ${missed.join(', ')}.`);
  }
}

async function run({ suite: wanted, runs }: Options): Promise<Report> {
  const entry = suites.find(({ name }) => name === wanted);
  if (entry === undefined) throw new BenchFailure(`There is no suite "${wanted}".`);
  const startedAt = new Date();
  const before = load();
  const suite = await entry.open();
  const measurable = suite.cases.filter(({ skipped }) => skipped === undefined);
  const samples = await measure(measurable, runs, createProgress());
  return makeReport(suite, evaluate(suite, samples), {
    runs,
    startedAt: startedAt.toISOString(),
    seconds: (Date.now() - startedAt.getTime()) / 1000,
    loadAverage: { before, after: load() },
    environment: environment(),
  });
}

function write(report: Report, json: string | undefined): void {
  const text = `${JSON.stringify(report, null, 2)}\n`;
  // One stream for each reader: a program must not have to cut a table off.
  (json === '-' ? process.stderr : process.stdout).write(renderReport(report));
  if (json === '-') process.stdout.write(text);
  else if (json !== undefined) writeFileSync(json, text);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const text = error instanceof BenchFailure ? error.message : String((error as Error).stack);
  process.stderr.write(`bench: ${text}\n`);
  process.exitCode = 1;
});
