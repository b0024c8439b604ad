import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { childEnvironment } from './child-environment.js';
import { BenchFailure } from './failure.js';
import { root } from './layout.js';
import type { Case, Sample } from './suite.js';

const execute = promisify(execFile);

/** A sample takes about a second; on a machine under heavy load, several. */
const timeoutMilliseconds = 120_000;

/** Runs the process of a case once. */
export async function takeSample(each: Case): Promise<Sample> {
  const started = process.hrtime.bigint();
  const text = await output(each);
  const elapsed = Number(process.hrtime.bigint() - started);
  if (each.timed === 'whole') return { nanoseconds: elapsed, operations: 1 };
  const sample = parse(text);
  if (sample === undefined) {
    const command = [each.file, ...each.args].join(' ');
    throw new BenchFailure(`The case "${each.name}" did not print a sample: ${command}`);
  }
  if (each.library !== undefined && sample.library !== each.library) {
    throw new BenchFailure(
      `The case "${each.name}" ran on ${sample.library ?? 'an unknown library'}, not on ${each.library}.`,
    );
  }
  return sample;
}

async function output({ name, file, args, env }: Case): Promise<string> {
  try {
    // In the package's folder, so that it can name itself: node --import allomorph/process
    const options = { cwd: root, env: childEnvironment(env), timeout: timeoutMilliseconds };
    return (await execute(file, args, options)).stdout;
  } catch (error) {
    // The message of execFile holds the command and what it wrote to standard error.
    const reason = error instanceof Error ? error.message : String(error);
    throw new BenchFailure(`The case "${name}" failed. ${reason}`);
  }
}

type PrintedSample = Sample & { readonly library?: string };

function parse(text: string): PrintedSample | undefined {
  try {
    const sample = JSON.parse(text) as Partial<PrintedSample>;
    const { nanoseconds, operations } = sample;
    if (!isPositive(nanoseconds) || !isPositive(operations)) return undefined;
    return { ...sample, nanoseconds, operations };
  } catch {
    return undefined;
  }
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
