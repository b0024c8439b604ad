import { commandLine } from '../harness/layout.js';
import { libraries } from '../harness/libraries.js';
import type { Case, Suite } from '../harness/suite.js';

const bare = 'node';
const node = process.execPath;
const program = ['-e', '0'];

/** What a start costs: each case is `node -e 0` at its end. */
export async function startupSuite(): Promise<Suite> {
  const { ours } = await libraries();
  const rows: (Omit<Case, 'file'> & { file?: string })[] = [
    { name: bare, args: program },
    {
      name: 'LD_PRELOAD by hand',
      args: program,
      env: { LD_PRELOAD: ours },
      goal: 1.1,
    },
    { name: 'allomorph run', args: [commandLine, 'run', '--', node, ...program], goal: 2.3 },
    {
      name: '--import allomorph/process',
      args: ['--import', 'allomorph/process', ...program],
      goal: 2.3,
    },
    {
      name: '--require allomorph/process',
      args: ['--require', 'allomorph/process', ...program],
      goal: 2.3,
    },
    { name: 'control', args: program },
  ];
  return {
    name: 'startup',
    operation: 'ms from start to end of node -e 0',
    unit: 'ms',
    control: { name: 'control', sameAs: bare },
    cases: rows.map((row) => ({
      file: node,
      timed: 'whole',
      ...(row.name === bare ? {} : { reference: bare }),
      ...row,
    })),
  };
}
