import Table from 'cli-table3';
import { environment, load } from '../../harness/environment.js';
import type { Options } from '../../harness/options.js';
import type { Outcome } from '../../harness/outcome.js';
import { smallPrograms } from './programs.js';
import { runCompare } from './run-compare.js';

interface Finding {
  readonly program: string;
  /** Metrics in which the same candidate was told apart from itself. */
  readonly distinct: readonly string[];
  /** Whether the second name was recommended over the first. */
  readonly changed: boolean;
}

/** At least so many of 20 have to find no difference. */
const goal = 19 / 20;
const rounds = 5;

/** The present state under two names: how often is it told apart from itself? */
export async function runControl({ runs }: Options): Promise<Outcome> {
  const before = load();
  const findings: Finding[] = [];
  for (let index = 0; index < runs; index++) {
    const program = smallPrograms[index % smallPrograms.length];
    if (program === undefined) break;
    process.stderr.write(`comparison ${index + 1} of ${runs}: ${program.name}\n`);
    const { result } = await runCompare(program, ['--with', 'again=now', '--runs', `${rounds}`]);
    const again = result.candidates.find(({ baseline }) => !baseline);
    const distinct = Object.entries(again?.outcomes ?? {})
      .filter(([, outcome]) => outcome.difference?.distinct === true)
      .map(([metric]) => metric);
    const changed = result.verdict.recommendation !== result.baseline;
    findings.push({ program: program.name, distinct, changed });
  }
  const none = findings.filter(({ distinct, changed }) => distinct.length === 0 && !changed).length;
  const name = `no difference: ${none} of ${runs} comparisons`;
  return {
    report: {
      schema: 'allomorph-bench-control/1',
      rounds,
      loadAverage: { before, after: load() },
      environment: environment(),
      findings,
    },
    text: `${table(findings)}\n${name}\n`,
    missed: none >= runs * goal ? [] : [name],
  };
}

function table(findings: readonly Finding[]): string {
  const rows = new Table({
    head: ['program', 'comparisons', 'no difference', 'told apart in'],
    colAligns: ['left', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const { name } of smallPrograms) {
    const own = findings.filter(({ program }) => program === name);
    const apart = own.flatMap(({ distinct, changed }) =>
      changed ? [...distinct, 'verdict'] : distinct,
    );
    const none = own.filter(({ distinct, changed }) => distinct.length === 0 && !changed);
    rows.push([name, `${own.length}`, `${none.length}`, apart.join(', ')]);
  }
  return rows.toString();
}
