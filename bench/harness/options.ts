import { parseArgs } from 'node:util';
import { BenchFailure } from './failure.js';

export interface Options {
  readonly suite: string;
  readonly runs: number;
  /** A file for the results, `-` for standard output. */
  readonly json: string | undefined;
  /** Whether a missed goal fails the command. */
  readonly assert: boolean;
}

const defaultRuns = 9;

export function usage(suites: readonly { name: string; description: string }[]): string {
  const list = suites.map(({ name, description }) => `  ${name.padEnd(10)} ${description}\n`);
  return `Usage: npm run bench -- SUITE [--runs N] [--json FILE|-] [--assert]

Suites:
${list.join('')}
  --runs N       samples of each case (default ${defaultRuns})
  --json FILE    also write the results as JSON; - is standard output, the table then goes to
                 standard error
  --assert       exit with 1 when a goal is missed
`;
}

/** @returns undefined when help is asked for */
export function parseOptions(args: string[], suites: readonly string[]): Options | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const [suite, ...rest] = positionals;
  if (suite === undefined || !suites.includes(suite) || rest.length > 0) {
    const given = positionals.length === 0 ? 'none is named' : `got "${positionals.join(' ')}"`;
    throw new BenchFailure(
      `One suite is needed, ${given}. Valid: ${suites.join(', ')}. Example: npm run bench -- abi`,
    );
  }
  return { suite, runs: parseRuns(values.runs), json: values.json, assert: values.assert };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        runs: { type: 'string', default: String(defaultRuns) },
        json: { type: 'string' },
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
