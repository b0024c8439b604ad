/** Ctrl-C, and an end that nobody could react to. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Comparison } from 'allomorph/compare/document/index';
import {
  processesWith,
  startCompare,
  twoCandidates,
  withFolderAsync,
} from './support/comparing.js';

const source = (mark: string) => `sleep 0.4; : ${mark}`;

/** Until the comparison begins this round; what it says goes to stderr. */
function untilRound(child: ReturnType<typeof startCompare>, round: number): Promise<void> {
  return new Promise((resolve) => {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes(`round ${round} of`)) resolve();
    });
  });
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends all children, and what was measured is told', async (signal, status) => {
  await withFolderAsync(async (folder) => {
    const mark = `interrupted-${signal}-${process.pid}`;
    const file = path.join(folder, 'result.json');
    const options = [...twoCandidates, '--runs', '50', '--json', file];
    const child = startCompare([...options, '--', 'sh', '-c', source(mark)]);
    let report = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (report += text));
    await untilRound(child, 3);
    child.kill(signal);
    expect(await once(child, 'close')).toEqual([status, null]);
    expect(processesWith(mark)).toEqual([]);
    expect(report).toMatch(/interrupted/i);
    const result = JSON.parse(readFileSync(file, 'utf8')) as Comparison;
    expect(result.complete).toBe(false);
    expect(result.candidates.map(({ runs }) => runs.length)).toEqual([2, 2]);
    expect(result.candidates.map(({ failure }) => failure)).toEqual([null, null]);
  });
});

/** A shell script that holds this pipe open, and so does what it has started. */
const holding = (pipe: string) => `exec >'${pipe}'; sleep 1000 & echo started; sleep 1000`;

test.each([
  ['the program', (pipe: string) => ['--', 'sh', '-c', holding(pipe)]],
  [
    'the load generator, too,',
    (pipe: string) => [
      ...['--ready', 'up', '--load', holding(pipe)],
      ...['--', 'sh', '-c', `echo up; exec >'${pipe}'; sleep 1000`],
    ],
  ],
])('when it is killed itself, %s is ended by the supervisor', async (_, args) => {
  await withFolderAsync(async (folder) => {
    const pipe = path.join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reader = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const closed = once(reader, 'close');
      // Whatever it cannot remove any more goes with the folder.
      const child = startCompare([...twoCandidates, ...args(pipe)], { TMPDIR: folder });
      await once(reader.stdout, 'data');
      child.kill('SIGKILL');
      await once(child, 'close');
      // When nobody holds the pipe any more.
      expect(await closed).toEqual([0, null]);
    } finally {
      reader.kill();
    }
  });
});
