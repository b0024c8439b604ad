import path from 'node:path';
import type { ProcessAllocator } from 'allomorph';
import { cli, run, type Ended } from '../support/child.js';

/** What a workload prints; workloads/report.mjs. */
export interface Report {
  readonly output: unknown;
  readonly details: unknown;
  readonly allocator: Pick<ProcessAllocator, 'name' | 'library' | 'source'>;
}

const fileOf = (name: string) => path.join(__dirname, 'workloads', `${name}.mjs`);

/** Runs a workload on plain Node. */
export function plain(name: string, environment: NodeJS.ProcessEnv = {}): Report {
  return reportOf(run(process.execPath, [fileOf(name)], environment));
}

/** Runs a workload under `allomorph run`. */
export function preloaded(name: string, ...flags: string[]): Report {
  return reportOf(run(process.execPath, [cli, 'run', ...flags, '--', 'node', fileOf(name)]));
}

/** Asserts a quiet success. */
function reportOf({ status, signal, stdout, stderr }: Ended): Report {
  expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
  return JSON.parse(stdout) as Report;
}
