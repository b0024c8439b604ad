import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BenchFailure } from './failure.js';
import type { Case, Sample } from './suite.js';

const execute = promisify(execFile);

/** A sample takes about a second; on a machine under heavy load, several. */
const timeoutMilliseconds = 120_000;

/** Runs the process of a case once. */
export async function takeSample({ name, file, args }: Case): Promise<Sample> {
  const sample = parse(await output(name, file, args));
  if (sample !== undefined) return sample;
  throw new BenchFailure(`The case "${name}" did not print a sample: ${[file, ...args].join(' ')}`);
}

async function output(name: string, file: string, args: readonly string[]): Promise<string> {
  try {
    const options = { env: environment(), timeout: timeoutMilliseconds };
    return (await execute(file, args, options)).stdout;
  } catch (error) {
    // The message of execFile holds the command and what it wrote to standard error.
    const reason = error instanceof Error ? error.message : String(error);
    throw new BenchFailure(`The case "${name}" failed. ${reason}`);
  }
}

/** The caller's, without what would change which allocator a case measures. */
function environment(): NodeJS.ProcessEnv {
  const {
    ALLOMORPH_ALLOCATOR: _global,
    ALLOMORPH_PROCESS_ALLOCATOR: _process,
    ...rest
  } = process.env;
  return rest;
}

function parse(text: string): Sample | undefined {
  try {
    const { nanoseconds, operations } = JSON.parse(text) as Partial<Sample>;
    return isPositive(nanoseconds) && isPositive(operations)
      ? { nanoseconds, operations }
      : undefined;
  } catch {
    return undefined;
  }
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
