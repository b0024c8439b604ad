/** Ctrl-C, and an end that nobody could react to. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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

test('when it is killed itself, its children are ended by the supervisor', async () => {
  const mark = `killed-${process.pid}`;
  const child = startCompare([
    ...twoCandidates,
    '--',
    'sh',
    '-c',
    `sleep 1000 & sleep 1000; : ${mark}`,
  ]);
  while (processesWith(mark).length < 2) await sleep(20);
  child.kill('SIGKILL');
  await once(child, 'close');
  const deadline = Date.now() + 10_000;
  while (processesWith(mark).length > 0 && Date.now() < deadline) await sleep(20);
  expect(processesWith(mark)).toEqual([]);
});
