import type { Comparison } from '../../../lib/compare/document/index.js';
import type { Options } from '../../harness/options.js';
import type { Outcome } from '../../harness/outcome.js';
import { quote } from '../../../lib/support/shell.js';
import { allPrograms, type Program } from './programs.js';
import { runCompare } from './run-compare.js';

interface Entry {
  readonly program: Program;
  readonly report: string;
  readonly result: Comparison;
}

/** The command on every example, as docs/results.md shows it. */
export async function runResults({ runs }: Options): Promise<Outcome> {
  const entries: Entry[] = [];
  for (const program of allPrograms) {
    process.stderr.write(`${program.name}\n`);
    entries.push({ program, ...(await runCompare(program, ['--runs', `${runs}`])) });
  }
  return {
    report: { schema: 'allomorph-bench-results/1', comparisons: entries.map(withoutSamples) },
    text: entries.map(({ report }) => report).join('\n'),
    missed: [],
    document: { file: 'docs/results.md', markdown: entries.map(markdown).join('\n') },
  };
}

/** The curves are most of the file, and stand in the report as lines. */
function withoutSamples({ result }: Entry): object {
  return {
    ...result,
    candidates: result.candidates.map((candidate) => ({
      ...candidate,
      runs: candidate.runs.map(({ samples, ...run }) => run),
    })),
  };
}

function markdown({ program: { name, env, options, command }, report, result }: Entry): string {
  const variables = Object.entries(env).map(([key, value]) => `${key}=${quote(value)} `);
  const words = [...options, '--runs', `${result.plan.rounds}`, '--', ...command].map(quote);
  return [
    `## ${name}`,
    '',
    '```',
    `$ ${variables.join('')}npx allomorph compare ${words.join(' ')}`,
    report.trim(),
    '```',
    '',
  ].join('\n');
}
