import { writeFileSync } from 'node:fs';
import { writeBetweenMarkers } from './harness/document.js';
import { BenchFailure } from './harness/failure.js';
import { parseOptions, usage, type Options } from './harness/options.js';
import type { Outcome } from './harness/outcome.js';
import { suites } from './suites/index.js';

async function main(args: string[]): Promise<void> {
  const options = parseOptions(args, suites);
  if (options === undefined) {
    process.stdout.write(usage(suites));
    return;
  }
  const entry = suites.find(({ name }) => name === options.suite);
  if (entry === undefined) throw new BenchFailure(`There is no suite "${options.suite}".`);
  const outcome = await entry.run(options);
  write(outcome, options);
  if (options.assert && outcome.missed.length > 0) {
    throw new BenchFailure(`Goals missed: ${outcome.missed.join(', ')}.`);
  }
}

function write({ report, text, document }: Outcome, { suite, json, markdown }: Options): void {
  const data = `${JSON.stringify(report, null, 2)}\n`;
  // One stream for each reader: a program must not have to cut a table off.
  (json === '-' ? process.stderr : process.stdout).write(text);
  if (json === '-') process.stdout.write(data);
  else if (json !== undefined) writeFileSync(json, data);
  if (!markdown || document === undefined) return;
  writeBetweenMarkers(document.file, suite, document.markdown);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const text = error instanceof BenchFailure ? error.message : String((error as Error).stack);
  process.stderr.write(`bench: ${text}\n`);
  process.exitCode = 1;
});
