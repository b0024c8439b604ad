import { run } from './child.js';

/** Where a compiler is missing that CI installs (.ci/run), what it builds cannot be tested; in CI that is a failure. */
export const hasRustc = run('rustc', ['--version']).status === 0;

export function requireReason(missing: string): void {
  if (process.env['CI'] !== undefined)
    throw new Error(`${missing} is missing, and CI has to have it`);
}
