import { parseArgs } from 'node:util';
import { BenchFailure } from './failure.js';

export interface Options {
  readonly suite: string;
  readonly runs: number;
  /** A file for the results, `-` for standard output. */
  readonly json: string | undefined;
  /** Whether the suite's document gets the figures. */
  readonly markdown: boolean;
  /** Whether a missed goal fails the command. */
  readonly assert: boolean;
}

/** What the command line needs to know of a suite. */
export interface SuiteFacts {
  readonly name: string;
  readonly description: string;
  /** Samples of each case where the command line does not say. */
  readonly runs: number;
  /** Whether a document has its figures. */
  readonly documented?: boolean;
}

export function usage(suites: readonly SuiteFacts[]): string {
  const list = suites.map(
    ({ name, description, runs }) =>
      `  ${name.padEnd(10)} ${description} (${runs} samples of each case)\n`,
  );
  return `Usage: npm run bench -- SUITE [--runs N] [--json FILE|-] [--markdown] [--assert]

Suites:
${list.join('')}
  --runs N       samples of each case
  --json FILE    also write the results as JSON; - is standard output, the table then goes to
                 standard error
  --markdown     also write the tables into docs/presets.md (suites presets, tuning)
                 or docs/results.md (results)
  --assert       exit with 1 when a goal is missed
`;
}

/** @returns undefined when help is asked for */
export function parseOptions(args: string[], suites: readonly SuiteFacts[]): Options | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const [name, ...rest] = positionals;
  const suite = suites.find((candidate) => candidate.name === name);
  if (suite === undefined || rest.length > 0) {
    const given = positionals.length === 0 ? 'none is named' : `got "${positionals.join(' ')}"`;
    const names = suites.map((candidate) => candidate.name).join(', ');
    throw new BenchFailure(
      `One suite is needed, ${given}. Valid: ${names}. Example: npm run bench -- abi`,
    );
  }
  if (values.markdown && suite.documented !== true) {
    throw new BenchFailure(`--markdown: no document has the figures of the suite "${suite.name}".`);
  }
  return {
    suite: suite.name,
    runs: values.runs === undefined ? suite.runs : parseRuns(values.runs),
    json: values.json,
    markdown: values.markdown,
    assert: values.assert,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        runs: { type: 'string' },
        json: { type: 'string' },
        markdown: { type: 'boolean', default: false },
        assert: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new BenchFailure(
      `${error instanceof Error ? error.message : String(error)}\nSee npm run bench -- --help`,
    );
  }
}

function parseRuns(text: string): number {
  const runs = Number(text);
  if (Number.isInteger(runs) && runs >= 1 && runs <= 1000) return runs;
  throw new BenchFailure(`--runs must be an integer from 1 to 1000, got "${text}".`);
}
