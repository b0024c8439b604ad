/**
 * Wall time, CPU time and peak RSS are those that time(1) tells. Debian: apt-get install time, which
 * scripts/install-test-packages.mjs does before the tests.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Run } from 'allomorph/compare/document/index';
import { summarize } from 'allomorph/compare/statistics/index';
import { run as execute } from '../support/child.js';
import { compare, withFolder } from './support/comparing.js';

const time = '/usr/bin/time';
const withTime = existsSync(time) ? test : test.skip;
const allowed = 0.03;

jest.setTimeout(300_000);

const node = process.execPath;
// time(1) tells the peak of the largest process, a comparison that of all together; and hundredths of
// seconds. So: large enough that the shell's 2 MB, long enough that 10 ms, are little.
const hash = `const data = Buffer.alloc(150e6, 1); for (let i = 0; i < 5; i++) require('node:crypto').createHash('sha256').update(data).digest()`;
const programs = {
  'zlib-burst': { command: [node, 'examples/zlib-burst.mjs'], env: { BURST: '4000', IDLE: '0' } },
  'retained-buffers': {
    command: [node, 'examples/retained-buffers.mjs'],
    env: { BUFFERS: '3500', IDLE: '0' },
  },
  'two Nodes, one after the other': {
    command: ['sh', '-c', `'${node}' -e "${hash}" && '${node}' -e "${hash}"`],
    env: {},
  },
} as const;

interface Figures {
  readonly wall: number;
  readonly cpu: number;
  readonly peak: number;
}

function ours({ wallSeconds, userSeconds, systemSeconds, peakRssBytes }: Run): Figures {
  return { wall: wallSeconds, cpu: userSeconds + systemSeconds, peak: peakRssBytes };
}

/** What `time -v` has written. Its seconds have two decimals. */
function theirs(report: string): Figures {
  const field = (name: string) => {
    const value = new RegExp(`${name}[^\\n]*: ([\\d:.]+)$`, 'm').exec(report)?.[1];
    if (value === undefined) throw new Error(`time -v wrote no "${name}": ${report}`);
    return value.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  };
  return {
    wall: field('Elapsed'),
    cpu: field('User time') + field('System time'),
    peak: field('Maximum resident set size') * 1024,
  };
}

const metrics = ['wall', 'cpu', 'peak'] as const;

/** By metric, how many times the left is the right; empty: all are within 3%, and `more` where given. */
function disagreements(left: Figures, right: Figures, more?: Figures): Partial<Figures> {
  const ratios = metrics.map((metric) => [metric, left[metric] / right[metric]] as const);
  return Object.fromEntries(
    ratios.filter(([metric, ratio]) => Math.abs(ratio - 1) > allowed + (more?.[metric] ?? 0)),
  );
}

function larger(left: Figures, right: Figures): Figures {
  return {
    wall: Math.max(left.wall, right.wall),
    cpu: Math.max(left.cpu, right.cpu),
    peak: Math.max(left.peak, right.peak),
  };
}

/** By metric, one figure for several runs. */
function over(runs: readonly Figures[], figureOf: (values: number[]) => number): Figures {
  const [wall, cpu, peak] = metrics.map((metric) => figureOf(runs.map((each) => each[metric])));
  return { wall: wall!, cpu: cpu!, peak: peak! };
}

/** What the program takes when nothing disturbs it. */
const least = (runs: readonly Figures[]) => over(runs, (values) => Math.min(...values));
const median = (runs: readonly Figures[]) => over(runs, (values) => summarize(values).median);
/** How far the middle half of the runs lies apart, relative to their median. */
const scatter = (runs: readonly Figures[]) =>
  over(runs, (values) => {
    const { median: middle, quartiles } = summarize(values);
    return (quartiles[1] - quartiles[0]) / middle;
  });

describe.each(Object.entries(programs))('%s', (_, { command, env }) => {
  withTime('the same run, seen by both', () => {
    withFolder((folder) => {
      const report = path.join(folder, 'time');
      const { candidate } = compare(
        ['--with', 'again=now', '--runs', '1', '--', time, '-v', '-o', report, ...command],
        env,
      );
      const [measured] = candidate('again').runs;
      // The last to write it was the second candidate, which is the same once more.
      expect(disagreements(ours(measured!), theirs(readFileSync(report, 'utf8')))).toEqual({});
    });
  });

  // Each in a session of its own, as comparisons run them: Linux shares the processors out between sessions.
  // On a machine that is shared, two runs by hand differ by more than 3%. What they take at least is steadier,
  // and found after some: a disagreement of the two ways to measure would stay, a disturbance goes away.
  // Where it does not within eight rounds, as one fast moment falls on one way only, the medians agree as far as runs
  // of one way agree among themselves.
  withTime('runs by hand, and runs of a comparison, in turns', () => {
    const byHand: Figures[] = [];
    const compared: Figures[] = [];
    const round = () => {
      const { candidate } = compare(['--with', 'again=now', '--runs', '1', '--', ...command], env);
      for (const name of ['glibc (now)', 'again']) {
        compared.push(ours(candidate(name).runs[0]!));
        byHand.push(theirs(execute('setsid', ['-w', time, '-v', ...command], env).stderr));
      }
    };
    const agree = () => Object.keys(disagreements(least(compared), least(byHand))).length === 0;
    do round();
    while (byHand.length < 4 || (byHand.length < 16 && !agree()));
    const [figures, more] = agree()
      ? [least]
      : [median, larger(scatter(byHand), scatter(compared))];
    expect(disagreements(figures(compared), figures(byHand), more)).toEqual({});
  });
});

// What all that rests on.
test('time(1) is there wherever the tests can install it', () => {
  const canInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  expect(existsSync(time) || !canInstall).toBe(true);
});
