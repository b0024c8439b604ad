import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { childEnvironment } from '../../harness/child-environment.js';
import { BenchFailure } from '../../harness/failure.js';
import { root } from '../../harness/layout.js';
import type { Candidate } from './candidates.js';
import { idleSeconds, type ExampleReport, type Program } from './programs.js';

export interface Running {
  /** The work is done, or the process has ended. */
  readonly idle: Promise<void>;
  readonly report: Promise<ExampleReport>;
}

/** Starts a program; its report is checked to come from the allocator that was meant. */
export function start(program: Program, candidate: Candidate): Running {
  const example = path.join('examples', `${program}.mjs`);
  const [file, ...args] = [...candidate.launcher, process.execPath, example];
  const child = spawn(file, args, {
    cwd: root,
    env: childEnvironment({
      ...candidate.env,
      ALLOMORPH_EXAMPLE_JSON: '1',
      IDLE: String(idleSeconds[program]),
    }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, log] = ['', ''];
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  const idle = new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (/^idle, /m.test(log)) resolve();
    });
    ended.then(() => {
      resolve();
    }, reject);
  });
  const report = ended.then((status) => {
    const name = `${candidate.name}, ${program}`;
    if (status !== 0) throw new BenchFailure(`"${name}" failed (${String(status)}). ${log}`);
    return checked(name, candidate, JSON.parse(out) as ExampleReport);
  });
  return { idle, report };
}

function checked(name: string, candidate: Candidate, report: ExampleReport): ExampleReport {
  const { allocator } = report;
  const problem = (text: string) =>
    new BenchFailure(`"${name}" did not run on what it is meant to measure: ${text}.`);
  if (allocator.name !== candidate.allocator) {
    throw problem(`it says ${allocator.name}, not ${candidate.allocator}`);
  }
  if (candidate.library !== null && realpathSync(allocator.library ?? '/') !== candidate.library) {
    throw problem(`malloc is that of ${String(allocator.library)}, not of ${candidate.library}`);
  }
  for (const [option, value] of Object.entries(candidate.options)) {
    const actual = allocator.options?.[option];
    if (actual !== value) throw problem(`${option} is ${String(actual)}, not ${String(value)}`);
  }
  return report;
}
