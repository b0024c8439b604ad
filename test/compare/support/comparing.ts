import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { CandidateResult, Comparison } from 'allomorph/compare/document/index';
import { cleanEnvironment, cli, root, run, type Ended } from '../../support/child.js';

/** Two candidates that every Linux has, told apart by what is in their environment. */
export const twoCandidates = ['--with', 'now,other=system+glibc.malloc.arena_max=2'];
/** JavaScript that is true on the second of them: what a process was started with. */
export const onOther = `require('node:fs').readFileSync('/proc/self/environ').includes('arena_max=2')`;

export interface Compared extends Ended {
  readonly result: Comparison;
  /** By name; fails the test when there is none. */
  readonly candidate: (name: string) => CandidateResult;
}

/** `allomorph compare`, with the document that it writes. */
export function compare(args: readonly string[], env: NodeJS.ProcessEnv = {}): Compared {
  const ended = refused(['--json', '-', ...args], env);
  if (ended.stdout === '') throw new Error(ended.stderr);
  const result = JSON.parse(ended.stdout) as Comparison;
  return { ...ended, result, candidate: (name) => candidateOf(result, name) };
}

/** One round of a piece of JavaScript on the two candidates. */
export function compareNode(source: string, ...options: string[]): Compared {
  return compare([
    ...twoCandidates,
    '--runs',
    '1',
    ...options,
    '--',
    process.execPath,
    '-e',
    source,
  ]);
}

/** `allomorph compare` where it is expected to say no. */
export function refused(args: readonly string[], env: NodeJS.ProcessEnv = {}): Ended {
  return run(process.execPath, [cli, 'compare', ...args], env);
}

export function candidateOf({ candidates }: Comparison, name: string): CandidateResult {
  const found = candidates.find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  throw new Error(`There is no ${name} among ${candidates.map((each) => each.name).join(', ')}.`);
}

/** The same as a process that can be interrupted. */
export function startCompare(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [cli, 'compare', ...args], {
    cwd: root,
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Pids of the processes whose command line holds the mark. */
export function processesWith(mark: string): number[] {
  const found = spawnSync('pgrep', ['-f', mark], { encoding: 'utf8' });
  return found.stdout.split('\n').filter(Boolean).map(Number);
}

export function withFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-test-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function withFolderAsync(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'allomorph-test-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
